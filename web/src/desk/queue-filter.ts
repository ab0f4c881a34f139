import type { operations } from '../../../src/client/api-types.d.ts';
import { serverNow } from '../api/server-clock.ts';
import type { Queue } from '../api/types.ts';
import { KINDS, type Kind } from '../find/filter.ts';

export type QueueName = Queue['name'];
type NextBody = operations['claimNext']['requestBody']['content']['application/json'];
type QueueQuery = NonNullable<NextBody['filter']>;

/** In the order of urgency for who works them off. */
export const QUEUE_NAMES = ['held', 'quarantined', 'reported', 'failed', 'escalated'] as const;

/** How long ago something was received, in hours. */
export const AGES = { hour: 1, day: 24, week: 7 * 24 } as const;
export type Age = keyof typeof AGES;

/** Which attachments of a queue are worked off; the address bar carries it. */
export interface QueueFilter {
  from?: string;
  kind?: Kind;
  /** Of the classifier. */
  label?: string;
  /** Received longer ago than that. */
  age?: Age;
}

export function isQueueName(name: string): name is QueueName {
  return QUEUE_NAMES.some((known) => known === name);
}

/** The filter of an address; what is not valid is left out. */
export function readQueueFilter(query: URLSearchParams): QueueFilter {
  const filter: QueueFilter = {};
  for (const name of ['from', 'label'] as const) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value;
  }
  const kind = query.get('kind');
  if (kind !== null && Object.hasOwn(KINDS, kind)) filter.kind = kind as Kind;
  const age = query.get('age');
  if (age !== null && Object.hasOwn(AGES, age)) filter.age = age as Age;
  return filter;
}

/** The query of the address, in one order, without `?`. */
export function writeQueueFilter(filter: QueueFilter): string {
  return new URLSearchParams(Object.entries(filter).toSorted()).toString();
}

/** As the API takes it. */
export function queueQueryOf({ kind, age, ...same }: QueueFilter, now = serverNow()): QueueQuery {
  return {
    ...same,
    ...(kind && { contentType: KINDS[kind] }),
    ...(age && { receivedBefore: new Date(now - AGES[age] * 3_600_000).toISOString() }),
  };
}
