import type { Database } from '../../src/database/database.ts';

/** Special rows that `seedInbox` writes: `n` counts from 1, the oldest message, to `rows`. */
export const SEEDED = {
  account: `AC${'a1'.repeat(16)}`,
  /** The account of ten messages. */
  rareAccount: `AC${'b2'.repeat(16)}`,
  /** The recipient of nearly all messages. */
  recipient: '+15557654321',
  /** The recipient of one message in a thousand. */
  rareRecipient: '+15557654322',
  /** One of a hundred senders with as many messages each. */
  sender: '+15551000007',
  endpoint: `ep_${'5e'.repeat(12)}`,
  /** With half as many items as there are media. */
  bulkAct: '00000000-0000-4000-8000-000000000001',
  /** With a quarter as many targets as there are media; the others have one each. */
  largeDeletion: 1n,
} as const;

/** Time of receipt of the oldest message; the others follow every 10 seconds. */
export const SEEDED_SINCE = new Date('2026-01-01T00:00:00Z');

/** The sid of a message, or of its only attachment, by its number. */
export function seededSid(kind: 'MM' | 'ME', n: number): string {
  return kind + n.toString(16).padStart(32, '0');
}

/**
 * Fills a database with messages of one stored attachment each, as after years of use: few failed, held or
 * quarantined, few videos, one PDF in the oldest message; a tenth are sounds, each with a transcript of a minute.
 * Also an audit log, a blocklist, events with deliveries, deletions, acts and a bulk action. Files are not written.
 *
 * @param rows messages, at least 1,000
 */
export async function seedInbox({ prisma }: Database, rows: number): Promise<void> {
  await prisma.$transaction(
    async (tx) => {
      // The rows satisfy the foreign keys by construction, so the checks are skipped.
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      const indexes = await tx.$queryRaw<{ name: string; definition: string }[]>`
        SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
        FROM pg_index WHERE indrelid IN (
          SELECT unnest('{message, media, blob, preview, transcript, audit_entry, blocklist_entry, event,
            event_delivery, deletion_target, bulk_item, delayed_act}'::regclass[])
        ) AND NOT indisunique`;
      for (const { name } of indexes) await tx.$executeRawUnsafe(`DROP INDEX ${name}`);
      for (const statement of statements(rows)) await tx.$executeRawUnsafe(statement);
      for (const { definition } of indexes) await tx.$executeRawUnsafe(definition);
    },
    { timeout: 600_000 },
  );
  await prisma.$executeRawUnsafe('ANALYZE');
}

function statements(rows: number): string[] {
  const { account, rareAccount, recipient, rareRecipient, endpoint, bulkAct, largeDeletion } =
    SEEDED;
  const series = (amount: number) => `FROM generate_series(1, ${Math.floor(amount)}) AS n`;
  const sid = (kind: string, n = 'n') => `'${kind}' || lpad(to_hex(${n}), 32, '0')`;
  const time = (n = 'n') =>
    `'${SEEDED_SINCE.toISOString()}'::timestamptz + ${n} * interval '10 seconds'`;
  const sender = `'+1555' || (1000000 + n % 100)`;
  const to = `CASE WHEN n % 1000 = 7 THEN '${rareRecipient}' ELSE '${recipient}' END`;
  const ofAccount = `CASE WHEN n BETWEEN 11 AND 20 THEN '${rareAccount}' ELSE '${account}' END`;
  const isFailed = 'n % 500 = 499';
  const type = `CASE WHEN n = 1 THEN 'application/pdf' WHEN n % 1000 = 3 THEN 'video/mp4'
    WHEN n % 10 = 0 THEN 'audio/amr' WHEN n % 5 = 0 THEN 'image/png' ELSE 'image/jpeg' END`;
  const hash = "md5(n::text) || md5('second half ' || n)";
  return [
    `INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
      SELECT ${sid('MM')}, ${ofAccount}, ${sender}, ${to}, 'Message ' || n, 'webhook', '{}', ${time()}
      ${series(rows)}`,
    `INSERT INTO blob (sha256, key, byte_size, content_type, preview_kind, details, width, height,
        thumbhash, pdq, pdq_quality, preview_stale)
      SELECT ${hash}, 'blobs/' || ${hash}, 1000, ${type}, 'image', '{}', 640, 480, 'AAAA', ${hash}, 100,
        n % 4 = 0
      ${series(rows)}`,
    `INSERT INTO preview (blob_sha256, size, key, content_type, width, height, byte_size)
      SELECT ${hash}, 'small', 'previews/' || ${hash}, 'image/webp', 200, 150, 500 ${series(rows)}`,
    `INSERT INTO transcript (blob_sha256, state, text, search_text)
      SELECT ${hash}, 'ready', words, words
      ${series(rows)}, LATERAL (SELECT repeat('some words of a minute ', 40) || n AS words) AS spoken
      WHERE n % 10 = 0`,
    `INSERT INTO media (sid, message_sid, account_sid, index, url, "from", "to", received_at, state,
        moderation, content_type, blob_sha256, stored_at, upstream)
      SELECT ${sid('ME')}, ${sid('MM')}, ${ofAccount}, 0, 'https://api.twilio.com/seeded', ${sender}, ${to},
        ${time()}, (CASE WHEN ${isFailed} THEN 'failed' ELSE 'stored' END)::"MediaState",
        (CASE WHEN n % 400 = 9 THEN 'held' WHEN n % 700 = 9 THEN 'quarantined' ELSE 'visible'
          END)::"Moderation",
        CASE WHEN NOT (${isFailed}) THEN ${type} END, CASE WHEN NOT (${isFailed}) THEN ${hash} END,
        ${time()}, 'kept'
      ${series(rows)}`,
    `INSERT INTO audit_entry (at, actor, action, target)
      SELECT ${time()}, CASE WHEN n % 1000 = 1 THEN 'rare' ELSE 'moderator' END,
        CASE WHEN n = 1 THEN 'key.create' ELSE 'media.approve' END, ${sid('ME')}
      ${series(rows)}`,
    `INSERT INTO blocklist_entry (kind, hash, policy, source, created_by, removed_at)
      SELECT (CASE WHEN n = 1 THEN 'pdq' ELSE 'sha256' END)::"BlocklistKind",
        md5('listed ' || n) || md5(n::text), 'quarantine', 'upload', 'seed',
        CASE WHEN n % 2 = 0 THEN now() END
      ${series(rows / 2)}`,
    `INSERT INTO event (id, type, message_sid, media_sid, data, position, created_at)
      SELECT 'evt_' || md5(n::text), 'media.stored', ${sid('MM')}, ${sid('ME')}, '{}', n, now()
      ${series(rows)}`,
    `UPDATE event_publication SET last_position = ${rows}`,
    `INSERT INTO event_endpoint (id, url, description, types, state, secret)
      VALUES ('${endpoint}', 'https://example.com/hook', '', '{}', 'paused', 'whsec_c2VlZGVk')`,
    `INSERT INTO event_delivery (id, endpoint_id, position, message_sid, media_sid, state, delivered_at)
      SELECT 'dlv_' || md5(n::text), '${endpoint}', n, ${sid('MM')}, ${sid('ME')},
        (CASE WHEN n = 1 THEN 'failed' ELSE 'delivered' END)::"DeliveryState", now()
      ${series(rows)}`,
    `INSERT INTO deletion (requested_by, scope, with_messages, created_at, completed_at)
      SELECT 'seed', 'one', false, now(), CASE WHEN n <> 1 THEN now() END ${series(rows / 10)}`,
    `INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid, local, previews, upstream,
        is_open, forgotten_at)
      SELECT ${sid('ME', `${rows} + n`)}, ${largeDeletion}, ${sid('MM', `${rows} + n`)}, '${account}',
        'done', 'done', 'pending', true, now()
      ${series(rows / 4)}`,
    `INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid, local, previews, upstream,
        is_open, forgotten_at)
      SELECT ${sid('ME', `2 * ${rows} + n`)}, n, ${sid('MM', `2 * ${rows} + n`)}, '${account}', 'done',
        'done', 'done', false, now()
      FROM generate_series(2, ${Math.floor(rows / 10)}) AS n`,
    `INSERT INTO bulk_act (id, action, requested_by, state, changed)
      VALUES ('${bulkAct}', 'approve', 'seed', 'done', ${Math.floor(rows / 2)})`,
    `INSERT INTO bulk_item (act_id, media_sid, outcome)
      SELECT '${bulkAct}', ${sid('ME')}, 'changed' ${series(rows / 2)}`,
    `INSERT INTO delayed_act (id, media_sid, act, requested_by, state, created_at, runs_at, ended_at)
      SELECT gen_random_uuid()::text, ${sid('ME')}, 'hold', 'moderator',
        (CASE WHEN n = 1 THEN 'failed' ELSE 'done' END)::"ActState", ${time()}, ${time()}, ${time()}
      ${series(rows / 4)}`,
    `INSERT INTO sender (id, address, updated_by, updated_at)
      SELECT ${hash}, ${sender} || n, 'seed', now() ${series(rows / 20)}`,
  ];
}
