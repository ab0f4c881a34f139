import type { Database } from '../../database/database.ts';
import { EVENT_ID } from '../record-events.ts';
import { BEGINNING, positionBlock, resetBlock } from './event-blocks.ts';

/** Where a stream begins: behind a position, with what is to be written first. */
export interface StreamStart {
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
