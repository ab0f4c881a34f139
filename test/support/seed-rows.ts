/** Special rows that are written: `n` counts from 1, the oldest message, to `rows`. */
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

/** Rows of one table: `insert` writes those of the numbers `from` to `to`, of 1 to `amount`. */
export interface SeededRows {
  table: string;
  amount: number;
  insert: (from: number, to: number) => string;
}

/** Events are kept for 30 days, and neither a bulk act nor a deletion has ten million items. */
const MOST = 1_000_000;
/** pg-boss keeps jobs for an hour after their end. */
const MOST_JOBS = 50_000;

/** All rows of `seedInbox`, in the order in which they are written. */
export function seededRows(rows: number): SeededRows[] {
  const { account, rareAccount, recipient, rareRecipient, endpoint, bulkAct, largeDeletion } =
    SEEDED;
  const series = (from: number, to: number) => `FROM generate_series(${from}, ${to}) AS n`;
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
  const most = (amount: number) => Math.min(Math.floor(amount), MOST);
  // What there is no more than MOST of is about the newest media.
  const newest = (amount: number) => (amount === rows ? 'n' : `(${rows - amount} + n)`);
  const events = most(rows);

  return [
    {
      table: 'message',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
        SELECT ${sid('MM')}, ${ofAccount}, ${sender}, ${to}, 'Message ' || n, 'webhook', '{}', ${time()}
        ${series(...slice)}`,
    },
    {
      table: 'blob',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO blob (sha256, key, byte_size, content_type, preview_kind, details, width, height,
          thumbhash, pdq, pdq_quality, preview_stale)
        SELECT ${hash}, 'blobs/' || ${hash}, 1000, ${type}, 'image', '{}', 640, 480, 'AAAA', ${hash}, 100,
          n % 4 = 0
        ${series(...slice)}`,
    },
    {
      table: 'preview',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO preview (blob_sha256, size, key, content_type, width, height, byte_size)
        SELECT ${hash}, 'small', 'previews/' || ${hash}, 'image/webp', 200, 150, 500 ${series(...slice)}`,
    },
    {
      table: 'transcript',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO transcript (blob_sha256, state, text, search_text)
        SELECT ${hash}, 'ready', words, words
        ${series(...slice)}, LATERAL (SELECT repeat('some words of a minute ', 40) || n AS words) AS spoken
        WHERE n % 10 = 0`,
    },
    {
      table: 'media',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO media (sid, message_sid, account_sid, index, url, "from", "to", received_at, state,
          moderation, content_type, blob_sha256, stored_at, upstream)
        SELECT ${sid('ME')}, ${sid('MM')}, ${ofAccount}, 0, 'https://api.twilio.com/seeded', ${sender}, ${to},
          ${time()}, (CASE WHEN ${isFailed} THEN 'failed' ELSE 'stored' END)::"MediaState",
          (CASE WHEN n % 400 = 9 THEN 'held' WHEN n % 700 = 9 THEN 'quarantined' ELSE 'visible'
            END)::"Moderation",
          CASE WHEN NOT (${isFailed}) THEN ${type} END, CASE WHEN NOT (${isFailed}) THEN ${hash} END,
          ${time()}, 'kept'
        ${series(...slice)}`,
    },
    {
      table: 'audit_entry',
      amount: rows,
      insert: (...slice) => `
        INSERT INTO audit_entry (at, actor, action, target)
        SELECT ${time()}, CASE WHEN n % 1000 = 1 THEN 'rare' ELSE 'moderator' END,
          CASE WHEN n = 1 THEN 'key.create' ELSE 'media.approve' END, ${sid('ME')}
        ${series(...slice)}`,
    },
    {
      table: 'blocklist_entry',
      amount: most(rows / 2),
      insert: (...slice) => `
        INSERT INTO blocklist_entry (kind, hash, policy, source, created_by, removed_at)
        SELECT (CASE WHEN n = 1 THEN 'pdq' ELSE 'sha256' END)::"BlocklistKind",
          md5('listed ' || n) || md5(n::text), 'quarantine', 'upload', 'seed',
          CASE WHEN n % 2 = 0 THEN now() END
        ${series(...slice)}`,
    },
    {
      table: 'event',
      amount: events,
      insert: (...slice) => `
        INSERT INTO event (id, type, message_sid, media_sid, data, position, created_at)
        SELECT 'evt_' || md5(n::text), 'media.stored', ${sid('MM', newest(events))},
          ${sid('ME', newest(events))}, '{}', n, now()
        ${series(...slice)}`,
    },
    {
      table: 'event_publication',
      amount: 1,
      insert: () => `UPDATE event_publication SET last_position = ${events}`,
    },
    {
      table: 'event_endpoint',
      amount: 1,
      insert: () => `
        INSERT INTO event_endpoint (id, url, description, types, state, secret)
        VALUES ('${endpoint}', 'https://example.com/hook', '', '{}', 'paused', 'whsec_c2VlZGVk')`,
    },
    {
      table: 'event_delivery',
      amount: events,
      insert: (...slice) => `
        INSERT INTO event_delivery (id, endpoint_id, position, message_sid, media_sid, state, delivered_at)
        SELECT 'dlv_' || md5(n::text), '${endpoint}', n, ${sid('MM', newest(events))},
          ${sid('ME', newest(events))}, (CASE WHEN n = 1 THEN 'failed' ELSE 'delivered' END)::"DeliveryState", now()
        ${series(...slice)}`,
    },
    {
      table: 'deletion',
      amount: Math.floor(rows / 10),
      insert: (...slice) => `
        INSERT INTO deletion (id, requested_by, scope, with_messages, created_at, completed_at)
        SELECT n, 'seed', 'one', false, now(), CASE WHEN n <> 1 THEN now() END ${series(...slice)}`,
    },
    {
      table: 'deletion_target',
      amount: most(rows / 4),
      insert: (...slice) => `
        INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid, local, previews, upstream,
          is_open, forgotten_at)
        SELECT ${sid('ME', `${rows} + n`)}, ${largeDeletion}, ${sid('MM', `${rows} + n`)}, '${account}',
          'done', 'done', 'pending', true, now()
        ${series(...slice)}`,
    },
    {
      table: 'deletion_target',
      amount: Math.floor(rows / 10),
      insert: (...slice) => `
        INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid, local, previews, upstream,
          is_open, forgotten_at)
        SELECT ${sid('ME', `2 * ${rows} + n`)}, n, ${sid('MM', `2 * ${rows} + n`)}, '${account}', 'done',
          'done', 'done', false, now()
        ${series(...slice)} WHERE n > 1`,
    },
    {
      // Triggers do not run here.
      table: 'deletion_target_count',
      amount: Math.floor(rows / 10),
      insert: (...slice) => `
        INSERT INTO deletion_target_count (deletion_id, slot, local, previews, upstream, targets)
        SELECT n, 0, 'done', 'done', (CASE WHEN n = 1 THEN 'pending' ELSE 'done' END)::"TargetState",
          CASE WHEN n = 1 THEN ${most(rows / 4)} ELSE 1 END
        ${series(...slice)}`,
    },
    {
      table: 'bulk_act',
      amount: 1,
      insert: () => `
        INSERT INTO bulk_act (id, action, requested_by, state, changed)
        VALUES ('${bulkAct}', 'approve', 'seed', 'done', ${most(rows / 2)})`,
    },
    {
      table: 'bulk_item',
      amount: most(rows / 2),
      insert: (...slice) => `
        INSERT INTO bulk_item (act_id, media_sid, outcome)
        SELECT '${bulkAct}', ${sid('ME')}, 'changed' ${series(...slice)}`,
    },
    {
      table: 'delayed_act',
      amount: most(rows / 4),
      insert: (...slice) => `
        INSERT INTO delayed_act (id, media_sid, act, requested_by, state, created_at, runs_at, ended_at)
        SELECT gen_random_uuid()::text, ${sid('ME')}, 'hold', 'moderator',
          (CASE WHEN n = 1 THEN 'failed' ELSE 'done' END)::"ActState", ${time()}, ${time()}, now()
        ${series(...slice)}`,
    },
    {
      table: 'sender',
      amount: Math.floor(rows / 20),
      insert: (...slice) => `
        INSERT INTO sender (id, address, updated_by, updated_at)
        SELECT ${hash}, ${sender} || n, 'seed', now() ${series(...slice)}`,
    },
    {
      // Nine of ten have ended within the last hour; the others wait for a time to come.
      table: 'pgboss.job_common',
      amount: Math.min(rows, MOST_JOBS),
      insert: (...slice) => `
        INSERT INTO pgboss.job (name, data, singleton_key, policy, state, start_after, completed_on, keep_until,
          deletion_seconds)
        SELECT 'rebuild-preview', jsonb_build_object('sha256', ${hash}), ${hash}, 'short',
          (CASE WHEN n % 10 > 0 THEN 'completed' ELSE 'created' END)::pgboss.job_state,
          now() + CASE WHEN n % 10 = 0 THEN interval '20 days' ELSE interval '0' END,
          CASE WHEN n % 10 > 0 THEN now() END, now() + interval '30 days', 3600
        ${series(...slice)}`,
    },
  ];
}
