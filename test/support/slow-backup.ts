import { createWriteStream } from 'node:fs';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { ADMIN_KEY, type TestInbox } from './test-inbox.ts';

/**
 * Saves a backup of a running inbox. The snapshot has been taken when `meanwhile` runs, and the files have not been
 * read: nothing of the answer is read until it ends.
 */
export async function saveBackup(
  inbox: TestInbox,
  path: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  const call = request(`${inbox.url}/api/v1/backup`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_KEY}` },
  });
  call.end();
  const [response] = await new Promise<[import('node:http').IncomingMessage]>((resolve, reject) => {
    call.once('response', (answer) => resolve([answer]));
    call.once('error', reject);
  });
  if (response.statusCode !== 200)
    throw new Error(`The backup was answered ${response.statusCode}`);
  response.pause();
  await meanwhile();
  await pipeline(response, createWriteStream(path));
}
