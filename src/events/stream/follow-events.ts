import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Event } from '../../generated/prisma/client.ts';
import { ClientDisconnected } from '../../http/send-file.ts';
import { eventMessage } from '../event-payloads.ts';
import { EVENT_ID } from '../record-events.ts';
import type { EventView, StreamedEvent } from './event-view.ts';

const PAGE = 200;
const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;

/**
 * Writes events as they are published, by any process, until the signal is aborted or the reader's
 * key or session is no longer valid.
 *
 * @param reader.view events that it may see
 * @param reader.types event types that it requested; null for all
 * @param reader.write resolves when more may be written
 * @throws errors of `write` and of the database
 */
export async function followEvents(
  { prisma }: Database,
  start: StreamStart,
  reader: {
    view: EventView;
    types: readonly string[] | null;
    write: (text: string) => Promise<void>;
    mayStay: () => Promise<boolean>;
  },
  signal: AbortSignal,
): Promise<void> {
  const { view, types } = reader;

  async function selectEvents(events: readonly Event[]): Promise<(StreamedEvent | null)[]> {
    const seen = await view.filter(events);
    if (types === null) return seen;
    return seen.map((event) => (event !== null && types.includes(event.type) ? event : null));
  }

  let { position } = start;
  let heartbeatAt = Date.now() + HEARTBEAT_MS;
  await reader.write(`retry: 2000\n${start.opening === '' ? '\n' : start.opening}`);
  while (!signal.aborted) {
    const events = await prisma.event.findMany({
      where: { position: { gt: position } },
      orderBy: { position: 'asc' },
      take: PAGE,
    });
    position = events.at(-1)?.position ?? position;
    if (events.length > 0) {
      await reader.write(eventBlocks(events, await selectEvents(events)));
    }
    if (Date.now() >= heartbeatAt) {
      if (!(await reader.mayStay())) return;
      await reader.write(': still here\n\n');
      heartbeatAt = Date.now() + HEARTBEAT_MS;
    }
    if (events.length < PAGE) await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The id to resume from for a stream that has seen no event yet: it gets all that are kept. */
const BEGINNING = 'evt_0';

/**
 * Events in the format `text/event-stream`, with their own ids as the positions to resume from.
 *
 * @param selected one entry for each event; null for one that is left out, which still moves the position
 */
function eventBlocks(
  events: readonly Event[],
  selected: readonly (StreamedEvent | null)[],
): string {
  const blocks = selected
    .filter((event) => event !== null)
    .map((event) => `id: ${event.id}\nevent: ${event.type}\ndata: ${eventMessage(event)}\n\n`);
  const last = events.at(-1);
  if (last !== undefined && selected.at(-1) === null) blocks.push(positionBlock(last.id));
  return blocks.join('');
}

/** Moves the position; without data, clients do not dispatch an event. */
function positionBlock(id: string): string {
  return `id: ${id}\n\n`;
}

/** Notifies the reader that the events after the requested position are no longer known. */
function resetBlock(now: Date): string {
  const data = { type: 'reset', timestamp: now.toISOString(), data: {} };
  return `id: ${BEGINNING}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A stream starts after `position`; `opening` is written first. */
interface StreamStart {
  position: bigint;
  opening: string;
}

/**
 * Finds where to start: after the event that a reader received last, or now.
 *
 * @param lastEventId an unknown or deleted one starts with the oldest event that is kept
 */
export async function findStreamStart(
  { prisma }: Database,
  lastEventId: string | undefined,
): Promise<StreamStart> {
  if (lastEventId === BEGINNING) return { position: 0n, opening: '' };
  if (lastEventId !== undefined) {
    // It is untrusted input, and PostgreSQL rejects NUL in text.
    const isId = EVENT_ID.test(lastEventId);
    const event = isId ? await prisma.event.findUnique({ where: { id: lastEventId } }) : null;
    // No reader has received an event without a position.
    const position = event?.position ?? null;
    if (position === null) return { position: 0n, opening: resetBlock(new Date()) };
    return { position, opening: '' };
  }
  const newest = await prisma.event.findFirst({
    where: { position: { not: null } },
    orderBy: { position: 'desc' },
  });
  // Sent immediately, so that a reader that is disconnected before its first event resumes from here.
  return { position: newest?.position ?? 0n, opening: positionBlock(newest?.id ?? BEGINNING) };
}

/**
 * Writes with backpressure, so that a slow reader costs no memory.
 *
 * @param stallMs how long the reader may stall, in milliseconds
 * @returns a function that resolves when more may be written, and throws ClientDisconnected when the reader
 *   has disconnected, or stalled too long and has to be disconnected
 */
export function createPacedWrite(
  response: ServerResponse,
  stallMs: number,
): (text: string) => Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return async (text) => {
    if (response.write(text)) return;
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(stallMs)]);
    try {
      await once(response, 'drain', { signal });
    } catch (cause) {
      throw new ClientDisconnected({ cause });
    }
  };
}
