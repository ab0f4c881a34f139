import { z } from 'zod';

/** Everything that is told to programs that follow. */
export const EVENT_TYPES = [
  'message.received',
  'message.held',
  'message.quarantined',
  'message.approved',
  'message.deleted',
  'media.stored',
  'media.failed',
  'media.held',
  'media.quarantined',
  'media.approved',
  'media.deleted',
  'deletion.completed',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** One of them, as callers write it. */
export const eventType = z.enum(EVENT_TYPES, { error: `one of ${EVENT_TYPES.join(', ')}` });
