import { z } from 'zod';
import { ACCEPTED_HEADERS } from '../http/accepted.ts';
import { defineOperation } from '../http/operation.ts';
import { mediaSid } from '../twilio/address-fields.ts';

export const transcriptOperations = {
  transcribeMedia: defineOperation({
    id: 'transcribeMedia',
    method: 'post',
    path: '/api/v1/media/{sid}/transcribe',
    tag: 'media',
    summary: 'Transcribe a sound anew',
    description:
      'New sounds are transcribed automatically; this is for one that has failed, or for another model. The ' +
      'transcript that it had is gone. `conflict`: there is no transcription server, or it is not a sound.',
    access: 'moderator',
    params: z.object({ sid: mediaSid }),
    answers: {
      202: {
        description: 'A job asks the transcription server; the attachment shows the transcript.',
        headers: { Location: 'The attachment.', ...ACCEPTED_HEADERS },
        body: z.strictObject({ sid: mediaSid }),
      },
    },
    problems: ['not_found', 'media_deleted', 'media_not_stored', 'conflict'],
  }),
};
