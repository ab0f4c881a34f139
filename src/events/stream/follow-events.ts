import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Event } from '../../generated/prisma/client.ts';
import { ReaderGone } from '../../http/send-file.ts';
import { eventMessage } from '../event-payloads.ts';
import { EVENT_ID } from '../record-events.ts';
import type { EventView, StreamedEvent } from './event-view.ts';

const PAGE = 200;
const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;

/**
 * Writes events as they are published, by whatever process, until the signal is aborted or the
 * reader's key is not valid any more.
 *
 * @param reader.view what it may be told, `reader.types` what of that it asked for; null for all
 * @param reader.write resolves when more may be written
 * @throws what `write` and the database throw
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

  async function told(events: readonly Event[]): Promise<(StreamedEvent | null)[]> {
    const seen = await view.look(events);
    if (types === null) return seen;
    return seen.map((event) => (event !== null && types.includes(event.type) ? event : null));
  }

  let { position } = start;
  let lookAgainAt = Date.now() + HEARTBEAT_MS;
  await reader.write(`retry: 2000\n${start.opening === '' ? '\n' : start.opening}`);
  while (!signal.aborted) {
    const events = await prisma.event.findMany({
      where: { position: { gt: position } },
      orderBy: { position: 'asc' },
      take: PAGE,
    });
    position = events.at(-1)?.position ?? position;
    if (events.length > 0) {
      await reader.write(eventBlocks(events, await told(events)));
    }
    if (Date.now() >= lookAgainAt) {
      if (!(await reader.mayStay())) return;
      await reader.write(': still here\n\n');
      lookAgainAt = Date.now() + HEARTBEAT_MS;
    }
    if (events.length < PAGE) await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What a stream is resumed from that has seen nothing: the oldest event that is kept. */
const BEGINNING = 'evt_0';

/**
 * Events in the form of `text/event-stream`, with their own ids as the positions to resume from.
 *
 * @param told what the reader is told of each; those that it is not told of still move the position
 */
function eventBlocks(events: readonly Event[], told: readonly (StreamedEvent | null)[]): string {
  const blocks = told
    .filter((event) => event !== null)
    .map((event) => `id: ${event.id}\nevent: ${event.type}\ndata: ${eventMessage(event)}\n\n`);
  const last = events.at(-1);
  if (last !== undefined && told.at(-1) === null) blocks.push(positionBlock(last.id));
  return blocks.join('');
}

/** Moves the position; no reader takes it for an event. */
function positionBlock(id: string): string {
  return `id: ${id}\n\n`;
}

/** Tells that what came after the position asked for is not known any more. */
function resetBlock(now: Date): string {
  const data = { type: 'reset', timestamp: now.toISOString(), data: {} };
  return `id: ${BEGINNING}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Where a stream begins: behind a position, with what is to be written first. */
interface StreamStart {
  position: bigint;
  opening: string;
}

/**
 * Finds where to begin: behind the event that a reader had last, or now.
 *
 * @param lastEventId one that is not known (any more) begins with the oldest event that is left
 */
export async function findStreamStart(
  { prisma }: Database,
  lastEventId: string | undefined,
): Promise<StreamStart> {
  if (lastEventId === BEGINNING) return { position: 0n, opening: '' };
  if (lastEventId !== undefined) {
    // Anybody can write one, and PostgreSQL takes no NUL in text.
    const isId = EVENT_ID.test(lastEventId);
    const event = isId ? await prisma.event.findUnique({ where: { id: lastEventId } }) : null;
    // Nobody was told of one without a position.
    const position = event?.position ?? null;
    if (position === null) return { position: 0n, opening: resetBlock(new Date()) };
    return { position, opening: '' };
  }
  const newest = await prisma.event.findFirst({
    where: { position: { not: null } },
    orderBy: { position: 'desc' },
  });
  // Told at once: who is cut off before the first event goes on from here.
  return { position: newest?.position ?? 0n, opening: positionBlock(newest?.id ?? BEGINNING) };
}

/**
 * Writes to a reader no faster than it reads, so that a slow one costs no memory.
 *
 * @param stallMs how long it may take nothing, in milliseconds
 * @returns a function that resolves when more may be written, and throws ReaderGone when the reader
 *   went, or has to be hung up on because it stopped reading
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
      throw new ReaderGone({ cause });
    }
  };
}
