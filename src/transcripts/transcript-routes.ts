import { accepted } from '../http/accepted.ts';
import { type Route, route } from '../http/resource-router.ts';
import type { RequestTranscript } from './request-transcripts.ts';
import { transcriptOperations as operations } from './transcript-operations.ts';

/** Routes of transcripts, which are shown in the items of attachments. */
export function createTranscriptRoutes(requestTranscript: RequestTranscript): Route[] {
  return [
    route(operations.transcribeMedia, async ({ params: { sid }, request, response }) => {
      await requestTranscript(sid);
      request.log.info({ mediaSid: sid }, 'transcript asked for by hand');
      accepted(response).location(`/api/v1/media/${sid}`).json({ sid });
    }),
  ];
}
