import type { Database } from '../../src/database/database.ts';
import { newSid } from '../../src/media/import-media.ts';

/**
 * Inserts a message with one attachment, without a webhook.
 *
 * @param other columns of the media row that differ from the usual initial values
 * @returns the sid of the attachment
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
