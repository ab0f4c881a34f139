import { expect } from 'vitest';
import type { ActItem } from '../../src/moderation/acts/act-schemas.ts';
import type { CallAs } from './call-as.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

let notes = 0;

/**
 * Imports stored attachments, all of one message.
 *
 * @returns their sids
 */
export async function importNotes(
  { api, mediaOf }: Pick<TestInbox, 'api' | 'mediaOf'>,
  count = 1,
  text = () => `note ${notes}`,
): Promise<string[]> {
  let request = api('post', '/api/v1/media');
  for (let n = 0; n < count; n += 1) {
    notes += 1;
    request = request.attach('files', Buffer.from(text()), 'note.txt');
  }
  const { body } = await request.expect(201);
  const media = await mediaOf(body.messageSid, 'stored');
  return media.map(({ sid }) => sid);
}

/** The act once it has ended. */
export function endedAct(call: CallAs, id: string): Promise<ActItem> {
  return eventually(async () => {
    const { body } = await call('get', `/api/v1/acts/${id}`).expect(200);
    expect(body.endedAt).not.toBeNull();
    return body;
  });
}
