import pRetry from 'p-retry';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { sqlStateOf } from '../database/sql-state.ts';
import { mediaFailed, mediaQuarantined } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { JobQueue, NewJob } from '../jobs/job-queue.ts';
import type { FetchPriority } from './fetch-priority.ts';
import { derivedSid, type InboundMessage } from './inbound-message.ts';
import type { EraseLate, InitialModeration, InitialModerationOf } from './initial-moderation.ts';
import { keepSuspectsApart } from './keep-suspects.ts';
import {
  insertRows,
  type MediaInsert,
  mediaRow,
  messageRow,
  type NewMessage,
} from './message-rows.ts';

interface MessageStoreDeps {
  database: Database;
  queue: JobQueue;
  /** Initial moderation of messages and attachments. */
  initialModerationOf: InitialModerationOf;
  eraseLate: EraseLate;
  fetchPriority: FetchPriority;
}

/**
 * Writes messages that are not stored yet, with their attachments and the jobs that fetch them. The unique
 * keys on the message's sid and its signature decide what is new, so two concurrent deliveries are one
 * message. A message received before its sender was erased is written as a tombstone only; a row that exists
 * already becomes one, too.
 *
 * @param tx the caller commits it
 * @returns sids of the messages that were new
 */
async function insertMessages(
  tx: Transaction,
  { queue, initialModerationOf, eraseLate, fetchPriority }: MessageStoreDeps,
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
  const newMessages = messages.map((message) => ({ ...message, ...initialModerationFor(message) }));
  const inserted = await insertRows(tx, newMessages.map(messageRow), rows);
  const fresh = new Set(inserted.messages);
  const kept = new Set(inserted.media);
  const own = rows.filter((row) => fresh.has(row.message_sid));
  const displaced = own
    .filter(({ sid }) => !kept.has(sid))
    .map((row) => ({ ...row, sid: derivedSid('ME', `${row.message_sid} ${row.index}`) }));
  // Another message has an attachment with this sid: this one is stored too, under a derived sid.
  if (displaced.length > 0) await insertRows(tx, [], displaced);
  const present = [...own.filter(({ sid }) => kept.has(sid)), ...displaced];
  const inState = (wanted: MediaInsert['state']) => present.filter(({ state }) => state === wanted);
  await queue.send(tx, 'fetch-media', fetchJobs(messages, inState('pending'), fetchPriority));
  await recordEvents(
    tx,
    inState('failed').map((row) =>
      mediaFailed(eventMedia(row), row.failure_code ?? 'bad-media-url'),
    ),
  );
  await recordDecisionEvents(tx, present);
  await recordMessageDecisionEvents(
    tx,
    newMessages.filter(({ sid }) => fresh.has(sid)),
  );
  return fresh;
}

function fetchJobs(
  messages: readonly InboundMessage[],
  media: readonly MediaInsert[],
  fetchPriority: FetchPriority,
): NewJob<'fetch-media'>[] {
  const bySid = Map.groupBy(media, (row) => row.message_sid);
  return messages.flatMap((message) => {
    const own = bySid.get(message.sid) ?? [];
    const priority = own.length === 0 ? 0 : fetchPriority(message);
    return own.map(({ sid: mediaSid }) => ({ payload: { mediaSid }, priority }));
  });
}

/** Initial moderation of messages whose sender was erased. */
const ERASED = {
  moderation: 'quarantined',
  message: { moderation: 'quarantined', followsMedia: false },
  isRefused: true,
  isErased: true,
  decidedBy: null,
} as const satisfies InitialModeration;

/**
 * Writes messages whose content may not be stored: only the sids, and where Twilio's copies are. No events
 * are recorded.
 *
 * @param tx the caller deletes the messages in the same transaction, and commits it
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
        // A URL that can never be fetched names no upstream copy, and may contain anything.
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
  messages: readonly NewMessage[],
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
      data: {
        messageSid,
        accountSid,
        moderation: message.moderation,
        before: null,
        reasonCode: null,
        decidedBy: String(decidedBy),
      },
    })),
  );
}

/** Records decisions that a rule made on receipt, in the audit log and as events. */
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
    decided.map((row) => mediaQuarantined(eventMedia(row), String(row.decided_by))),
  );
}

function eventMedia({ sid, message_sid, account_sid, index, state, moderation }: MediaInsert) {
  return { sid, messageSid: message_sid, accountSid: account_sid, index, state, moderation };
}

/** Commits a group of messages. @returns the sids that were new */
export type WriteGroup = (messages: readonly InboundMessage[]) => Promise<Set<string>>;

// Enough for a new connection. An outage that lasts longer is left to the spool.
const COMMIT_RETRY = { retries: 4, minTimeout: 50, factor: 2, maxRetryTime: 1500 };

/**
 * One transaction around `insertMessages`; when it resolves, the commit is on disk. Retried when the
 * connection breaks: the unique key makes that safe.
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
 * Read-only (25006), out of disk or memory (class 53), or a system error (class 58): the server answers, but
 * cannot store any message.
 */
export function isFaultOfServer(error: unknown): boolean {
  return /^(25006|53|58)/.test(sqlStateOf(error) ?? '');
}
