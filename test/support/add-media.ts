import type { Database } from '../../src/database/database.ts';
import { newSid } from '../../src/media/import-media.ts';

/**
 * Writes a message with one media, that nobody sent.
 *
 * @param other columns of the media that are not as they usually begin
 * @returns the sid of the media
 */
export async function addMedia({ prisma }: Database, other: object = {}): Promise<string> {
  const [sid, messageSid, accountSid] = [newSid('ME'), newSid('MM'), `AC${'0'.repeat(32)}`];
  const receivedAt = new Date();
  await prisma.message.create({
    data: {
      sid: messageSid,
      accountSid,
      from: '',
      to: '',
      body: '',
      source: 'import',
      params: {},
      receivedAt,
      media: { create: { sid, accountSid, index: 0, receivedAt, ...other } },
    },
  });
  return sid;
}
