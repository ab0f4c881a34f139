import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { openDatabase } from '../src/database/open-database.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { seededSid } from '../test/support/seed-rows.ts';
import { samplePhoto } from './sample-photo.ts';

// What `bench/gallery.ts` looks at: few pictures, imported as in use, and many attachments that have their bytes.

/** Days over which the attachments are spread, evenly but for one day. */
const DAYS = 731;
/** On the day in the middle; fewer where there are few in all. */
const ON_ONE_DAY = 10_000;
const SIZES = [
  { width: 640, height: 480 },
  { width: 480, height: 640 },
  { width: 720, height: 405 },
  { width: 512, height: 512 },
];
const PER_MESSAGE = 10;
const DEADLINE_MS = 300_000;

/** Imports pictures, and waits until they have their thumbnails. */
export async function importPictures(
  { url, key }: { url: string; key: string },
  amount: number,
): Promise<void> {
  const photos = await Promise.all(SIZES.map(samplePhoto));
  const headers = { authorization: `Bearer ${key}` };
  for (let done = 0; done < amount; done += PER_MESSAGE) {
    const form = new FormData();
    for (let n = done; n < Math.min(done + PER_MESSAGE, amount); n += 1) {
      const photo = photos[n % photos.length];
      const picture = await sharp(photo)
        .modulate({ hue: (n * 137) % 360, brightness: 0.8 + (n % 5) / 10 })
        .jpeg({ quality: 85 })
        .toBuffer();
      form.append('files', new Blob([new Uint8Array(picture)]), `${n}.jpg`);
    }
    const answer = await fetch(`${url}/api/v1/media`, { method: 'POST', headers, body: form });
    if (answer.status !== 201) throw new Error(`the import was answered ${answer.status}`);
  }
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/api/v1/media?state=pending&limit=1`, { headers });
    const { items } = (await answer.json()) as { items: unknown[] };
    if (items.length === 0) return;
    await setTimeout(500);
  }
  throw new Error('the pictures were not stored in time');
}

/** Adds attachments whose bytes are those of what is stored, up to so many in all, of one message each. */
export async function addAttachments(
  where: { dataDir: string; databaseUrl: string | undefined },
  rows: number,
): Promise<void> {
  const database = await openDatabase(where, createLogger('error'));
  const sid = (kind: string) => `'${kind}' || lpad(to_hex(n), 32, '0')`;
  const onOneDay = Math.min(ON_ONE_DAY, Math.floor(rows / 10));
  const midnight = `date_trunc('day', now()) - interval '${(DAYS - 1) / 2} days'`;
  const time = `CASE WHEN n <= ${onOneDay} THEN ${midnight} + n * interval '1 day' / ${onOneDay + 1}
    ELSE now() - (n - ${onOneDay}) * interval '${DAYS} days' / ${rows - onOneDay} END`;
  const columns = `'AC${'a1'.repeat(16)}', '+1555' || (1000000 + n % 100), '+15557654321', ${time}`;
  const series = `FROM generate_series(1, ${rows}) AS n`;
  try {
    await database.prisma.$transaction(
      async (tx) => {
        const isSeeded = await tx.message.count({ where: { sid: seededSid('MM', 1) } });
        if (isSeeded > 0) return;
        await tx.$executeRawUnsafe(`
          INSERT INTO message (sid, account_sid, "from", "to", received_at, body, source, params)
          SELECT ${sid('MM')}, ${columns}, 'Message ' || n, 'webhook', '{}' ${series}`);
        await tx.$executeRawUnsafe(`
          WITH hashes AS (SELECT array_agg(sha256 ORDER BY sha256) AS list FROM blob)
          INSERT INTO media (sid, message_sid, account_sid, "from", "to", received_at, index, state,
            content_type, blob_sha256, stored_at, upstream)
          SELECT ${sid('ME')}, ${sid('MM')}, ${columns}, 0, 'stored', 'image/jpeg',
            list[1 + n % array_length(list, 1)], now(), 'none'
          ${series} CROSS JOIN hashes`);
      },
      { timeout: 600_000 },
    );
    await database.prisma.$executeRawUnsafe('ANALYZE');
  } finally {
    await database.close();
  }
}

/** Holds all attachments back, or shows all of them, as if nothing had been decided. */
export async function setModeration(
  where: { dataDir: string; databaseUrl: string | undefined },
  moderation: 'held' | 'visible',
): Promise<void> {
  const { prisma, close } = await openDatabase(where, createLogger('error'));
  try {
    await prisma.delayedAct.deleteMany({ where: { state: 'waiting' } });
    await prisma.media.updateMany({
      where: { state: 'stored', NOT: { moderation } },
      data: { moderation, decidedBy: null, decidedAt: null, decisionCode: null },
    });
    await prisma.$executeRawUnsafe('VACUUM ANALYZE media');
  } finally {
    await close();
  }
}
