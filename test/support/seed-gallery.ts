import sharp from 'sharp';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { tellingPicture } from './distinct-picture.ts';
import { SEEDED } from './seed-rows.ts';
import type { TestInbox } from './test-inbox.ts';

/** Attachments that were received one after the other. */
export interface SeededDay {
  /** When the first one was. */
  from: Date;
  count: number;
  /** Between two of them. */
  stepMs: number;
}

/** Of the pictures, in pixels. */
const SIZES = [
  [640, 480],
  [480, 640],
  [640, 360],
  [500, 500],
  [640, 427],
  [360, 640],
] as const;
export const SEEDED_SENDER = '+15551000007';

/** Imports a picture, and waits until it is stored. */
export async function importPicture(
  inbox: TestInbox,
  seed: number,
  fields: Record<string, string> = {},
): Promise<string> {
  const [width, height] = SIZES[seed % SIZES.length] ?? [640, 480];
  const picture = await sharp(await tellingPicture(seed))
    .resize(width, height)
    .jpeg()
    .toBuffer();
  const request = inbox.api('post', '/api/v1/media').attach('files', picture, 'picture.jpg');
  for (const [name, value] of Object.entries({ from: SEEDED_SENDER, ...fields })) {
    request.field(name, value);
  }
  const { body } = await request.expect(201);
  await inbox.mediaOf(body.messageSid, 'stored');
  return body.items[0].sid;
}

/** The sid of an attachment that `seedGallery` has written: counts from 1, over all days. */
export function gallerySid(n: number): string {
  return `ME${n.toString(16).padStart(32, '0')}`;
}

/**
 * Fills an inbox with messages of one picture each: a few pictures with thumbnails, in many attachments. The server is
 * started again; those with its thumbnails are the oldest ones.
 */
export async function seedGallery(inbox: TestInbox, days: readonly SeededDay[]): Promise<void> {
  for (let seed = 0; seed < SIZES.length; seed += 1) {
    await importPicture(inbox, seed, { receivedAt: '2020-01-01' });
  }
  await inbox.restart({}, async () => {
    const { dataDir, databaseUrl } = inbox;
    const { prisma, close } = await openDatabase({ dataDir, databaseUrl }, createLogger('silent'));
    let before = 0;
    for (const { from, count, stepMs } of days) {
      for (const statement of statements(before, from, count, stepMs)) {
        await prisma.$executeRawUnsafe(statement);
      }
      before += count;
    }
    await prisma.$executeRawUnsafe('ANALYZE');
    await close();
  });
}

function statements(before: number, from: Date, count: number, stepMs: number): string[] {
  const sid = (kind: string) => `'${kind}' || lpad(to_hex(n), 32, '0')`;
  const series = `FROM generate_series(${before + 1}, ${before + count}) AS n`;
  const time = `'${from.toISOString()}'::timestamptz
    + (n - ${before + 1}) * interval '${stepMs} milliseconds'`;
  const { account, recipient } = SEEDED;
  return [
    `INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
      SELECT ${sid('MM')}, '${account}', '${SEEDED_SENDER}', '${recipient}', 'Message ' || n, 'webhook', '{}', ${time}
      ${series}`,
    `INSERT INTO media (sid, message_sid, account_sid, index, url, "from", "to", received_at, state, moderation,
        content_type, blob_sha256, stored_at, upstream)
      SELECT ${sid('ME')}, ${sid('MM')}, '${account}', 0, 'https://api.twilio.com/seeded', '${SEEDED_SENDER}',
        '${recipient}', ${time}, 'stored', 'visible', 'image/jpeg',
        (ARRAY(SELECT sha256 FROM blob ORDER BY sha256))[1 + (n * 7 + n / 5) % ${SIZES.length}], ${time}, 'kept'
      ${series}`,
  ];
}
