import { z } from 'zod';
import { time } from '../http/fields.ts';
import { defineOperation } from '../http/operation.ts';

const snapshotSchema = z
  .object({
    name: z.string().describe('The folder under `snapshots` in `DATA_DIR`.'),
    takenAt: time,
  })
  .meta({ id: 'Snapshot', description: 'A copy of the embedded database as of one moment.' });

export const snapshotOperations = {
  holdSnapshot: defineOperation({
    id: 'holdSnapshot',
    method: 'post',
    path: '/api/v1/snapshots',
    tag: 'administration',
    summary: 'Take a snapshot of the embedded database',
    description:
      'For programs on the same machine. The snapshot is there as long as the response is not ended: end the connection ' +
      'to remove it. Its only line is followed by empty ones. Erased data are purged from the files of the database ' +
      'when it is removed.',
    access: 'admin',
    answers: {
      200: {
        description: 'The snapshot, until the connection ends.',
        body: snapshotSchema,
        contentTypes: ['application/x-ndjson'],
      },
    },
    problems: ['conflict'],
  }),
};
