import { defineOperation } from '../http/operation.ts';

export const backupOperations = {
  createBackup: defineOperation({
    id: 'createBackup',
    method: 'post',
    path: '/api/v1/backup',
    tag: 'administration',
    summary: 'Back up an embedded installation',
    description:
      'A tar archive with the database and all files on the disk as of one moment, written while it is sent. `npm run ' +
      'cli -- backup` saves and checks it, `npm run cli -- restore` restores it. It contains personal data, the hashes ' +
      'of keys and the secrets of links and endpoints. The answer begins after the snapshot, which may take seconds.',
    access: 'admin',
    answers: {
      200: {
        description: 'The archive, streamed. Its last member has the hash of all bytes before it.',
        contentTypes: ['application/x-tar'],
        headers: {
          'Cache-Control': '`no-store`.',
          'Content-Disposition': '`attachment`, with a file name.',
          'X-Archive-Bytes': 'Approximately the size of the archive.',
        },
      },
    },
    problems: ['conflict'],
  }),
};
