import type { Event } from '../../generated/prisma/client.ts';
import { eventMessage } from '../event-message.ts';
import type { ToldEvent } from './event-view.ts';

/** What a stream is resumed from that has seen nothing: the oldest event that is kept. */
export const BEGINNING = 'evt_0';

/**
 * Events in the form of `text/event-stream`, with their own ids as the positions to resume from.
 *
 * @param told what the reader is told of each; those that it is not told of still move the position
 */
export function eventBlocks(events: readonly Event[], told: readonly (ToldEvent | null)[]): string {
  const blocks = told
    .filter((event) => event !== null)
    .map((event) => `id: ${event.id}\nevent: ${event.type}\ndata: ${eventMessage(event)}\n\n`);
  const last = events.at(-1);
  if (last !== undefined && told.at(-1) === null) blocks.push(positionBlock(last.id));
  return blocks.join('');
}

/** Moves the position; no reader takes it for an event. */
export function positionBlock(id: string): string {
  return `id: ${id}\n\n`;
}

/** Tells that what came after the position asked for is not known any more. */
export function resetBlock(now: Date): string {
  const data = { type: 'reset', timestamp: now.toISOString(), data: {} };
  return `id: ${BEGINNING}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}
