import pRetry from 'p-retry';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { sqlStateOf } from '../database/sql-state.ts';
import { mediaEvent } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { derivedSid, type InboundMessage } from './inbound-message.ts';
import type { EraseLate, InitialModeration, InitialModerationOf } from './initial-moderation.ts';
import { keepSuspectsApart } from './keep-suspects.ts';
import { type Begun, insertRows, type MediaInsert, mediaRow, messageRow } from './message-rows.ts';

interface MessageStoreDeps {
  database: Database;
  queue: JobQueue;
  /** How messages and media begin. */
  initialModerationOf: InitialModerationOf;
  eraseLate: EraseLate;
}

/**
 * Writes messages that nobody has written before, with their media and the jobs that fetch them.
 * The unique keys on the message's sid and its signature decide what is new, so two deliveries at the same
 * moment are one message. Of what was received before its sender was erased a tombstone is written, no more; what
 * is known of it already becomes one, too.
 *
 * @param tx the caller commits it
 * @returns sids of the messages that were new
 */
async function insertMessages(
  tx: Transaction,
  { queue, initialModerationOf, eraseLate }: MessageStoreDeps,
  given: readonly InboundMessage[],
): Promise<Set<string>> {
  const initialModerationFor = await initialModerationOf(tx, given);
  const erased = given.filter((message) => initialModerationFor(message).isErased);
  if (erased.length > 0) {
    await insertErased(tx, erased);
    await eraseLate(tx, erased);
    if (erased.length === given.length) return new Set();
  }
  const messages = given.filter((message) => !erased.includes(message));
  const rows = messages.flatMap((message) =>
    message.media.map((media) => mediaRow(message, media, initialModerationFor(message))),
  );
  const begun = messages.map((message) => ({ ...message, ...initialModerationFor(message) }));
  const inserted = await insertRows(tx, begun.map(messageRow), rows);
  const fresh = new Set(inserted.messages);
  const kept = new Set(inserted.media);
  const own = rows.filter((row) => fresh.has(row.message_sid));
  const displaced = own
    .filter(({ sid }) => !kept.has(sid))
    .map((row) => ({ ...row, sid: derivedSid('ME', `${row.message_sid} ${row.index}`) }));
  // Another message has a media of this sid: this one is kept too, under a sid of ours.
  if (displaced.length > 0) await insertRows(tx, [], displaced);
  const present = [...own.filter(({ sid }) => kept.has(sid)), ...displaced];
  const inState = (wanted: MediaInsert['state']) => present.filter(({ state }) => state === wanted);
  const jobs = inState('pending').map(({ sid }) => ({ payload: { mediaSid: sid } }));
  await queue.send(tx, 'fetch-media', jobs);
  await recordEvents(tx, inState('failed').map(mediaFailed));
  await recordDecisionEvents(tx, present);
  await recordMessageDecisionEvents(
    tx,
    begun.filter(({ sid }) => fresh.has(sid)),
  );
  return fresh;
}

/** What nobody is to see begins as. */
const ERASED = {
  moderation: 'quarantined',
  message: { moderation: 'quarantined', followsMedia: false },
  isRefused: true,
  isErased: true,
  decidedBy: null,
} as const satisfies InitialModeration;

/**
 * Writes messages of which nothing may be kept: the sids, and where Twilio's copies are. Whoever calls
 * it deletes them in the same transaction; nothing is told of them.
 *
 * @param tx the caller commits it
 */
export async function insertErased(
  tx: Transaction,
  messages: readonly InboundMessage[],
): Promise<void> {
  const blank = messages.map((message) => ({
    ...message,
    ...ERASED,
    from: '',
    to: '',
    body: '',
    params: {},
  }));
  const media = blank.flatMap((message) =>
    message.media.map(({ sid, index, url, state }) =>
      mediaRow(
        message,
        // What can never be fetched names no copy of Twilio's, but may say anything.
        {
          sid,
          index,
          url: state === 'pending' ? url : null,
          declaredContentType: null,
          state,
          reason: null,
        },
        ERASED,
      ),
    ),
  );
  await insertRows(tx, blank.map(messageRow), media);
}

async function recordMessageDecisionEvents(
  tx: Transaction,
  messages: readonly Begun[],
): Promise<void> {
  const decided = messages.filter(({ message }) => message.moderation === 'quarantined');
  await recordAudit(
    tx,
    decided.map(({ sid, message, decidedBy }) => ({
      actor: String(decidedBy),
      action: 'message.quarantine',
      target: sid,
      after: { moderation: message.moderation },
    })),
  );
  await recordEvents(
    tx,
    decided.map(({ sid: messageSid, accountSid, message, decidedBy }) => ({
      type: 'message.quarantined',
      messageSid,
      data: { messageSid, accountSid, moderation: message.moderation, decidedBy },
    })),
  );
}

/** What a rule decided before anybody saw it, for the audit log and those who follow. */
async function recordDecisionEvents(tx: Transaction, rows: readonly MediaInsert[]): Promise<void> {
  const decided = rows.filter(({ decided_by }) => decided_by !== null);
  await recordAudit(
    tx,
    decided.map(({ sid, moderation, decided_by }) => ({
      actor: String(decided_by),
      action: 'media.quarantine',
      target: sid,
      after: { moderation },
    })),
  );
  await recordEvents(
    tx,
    decided.map((row) =>
      mediaEvent('media.quarantined', eventMedia(row), { decidedBy: row.decided_by }),
    ),
  );
}

function mediaFailed(row: MediaInsert) {
  const reasonCode = row.isRefused ? 'sender-blocked' : 'bad-media-url';
  return mediaEvent('media.failed', eventMedia(row), { reasonCode });
}

function eventMedia({ sid, message_sid, account_sid, index, state, moderation }: MediaInsert) {
  return { sid, messageSid: message_sid, accountSid: account_sid, index, state, moderation };
}

/** Commits a group of messages and says which sids were new. */
export type WriteGroup = (messages: readonly InboundMessage[]) => Promise<Set<string>>;

// What takes longer than to open a new connection is for the spool.
const COMMIT_RETRY = { retries: 4, minTimeout: 50, factor: 2, maxRetryTime: 1500 };

/**
 * One transaction around `insertMessages`; when it resolves, the commit is on disk. A connection
 * that breaks is no reason to lose a message: the unique key makes it safe to try again.
 */
export function createGroupWriter(deps: MessageStoreDeps): WriteGroup {
  return (messages) =>
    pRetry(
      () =>
        deps.database.prisma.$transaction(
          (tx) =>
            keepSuspectsApart(tx, deps.initialModerationOf, messages, (ordinary) =>
              insertMessages(tx, deps, ordinary),
            ),
          {
            maxWait: 10_000,
            timeout: 10_000,
          },
        ),
      {
        ...COMMIT_RETRY,
        shouldRetry: ({ error }) => !isFaultOfData(error) && !isFaultOfServer(error),
      },
    );
}

/** SQLSTATE class 22 (data exception) or 23 (constraint): the same rows would fail again. */
export function isFaultOfData(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

/**
 * Read-only (25006), out of disk or memory (class 53), or failing (class 58): it answers, and takes no
 * message, whichever it is.
 */
export function isFaultOfServer(error: unknown): boolean {
  return /^(25006|53|58)/.test(sqlStateOf(error) ?? '');
}
