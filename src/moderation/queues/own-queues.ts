import type { Caller } from '../../auth/api-keys.ts';
import { AppError } from '../../errors/app-error.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { isOwnNumber } from '../own-numbers.ts';
import type { QueueName } from './queues.ts';

/** @throws AppError `forbidden` for a queue that is not the caller's work */
export function requireOwnQueue(
  { work: { queues } }: Pick<Caller, 'work'>,
  queue: QueueName,
): void {
  if (queues.length === 0 || queues.includes(queue)) return;
  throw new AppError('forbidden', `This key works on other queues: ${queues.join(', ')}.`);
}

/** The condition that what waits in a queue is the work of a caller, who has not asked for somebody else. */
export function isOffered({ name, work }: Pick<Caller, 'name' | 'work'>): Prisma.Sql {
  return Prisma.sql`${isOwnNumber(work)} AND escalated_by IS DISTINCT FROM ${name}
    AND NOT EXISTS (
      SELECT 1 FROM proposal
      WHERE proposal.media_sid = media.sid AND proposal.proposed_by = ${name})
    AND NOT EXISTS (
      SELECT 1 FROM further_proposal
      WHERE further_proposal.media_sid = media.sid AND further_proposal.proposed_by = ${name})`;
}
