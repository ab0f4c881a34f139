import type { TestInbox } from './test-inbox.ts';

let serial = 0;

/**
 * Imports a message with small texts as attachments, and waits until they are stored.
 *
 * @returns their sids, in their order
 */
export async function importNotes(
  inbox: TestInbox,
  amount = 1,
  from = '+15551234567',
): Promise<string[]> {
  const request = inbox.api('post', '/api/v1/media').field('from', from);
  for (let n = 0; n < amount; n += 1) {
    serial += 1;
    request.attach('files', Buffer.from(`a note, number ${serial}`), 'note.txt');
  }
  const { body } = await request.expect(201);
  const media = await inbox.mediaOf(body.messageSid, 'stored');
  return media.map(({ sid }) => sid);
}
