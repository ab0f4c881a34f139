import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Event } from '../../generated/prisma/client.ts';
import { eventBlocks } from './event-blocks.ts';
import type { EventView, ToldEvent } from './event-view.ts';
import type { StreamStart } from './stream-start.ts';

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

  async function told(events: readonly Event[]): Promise<(ToldEvent | null)[]> {
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
