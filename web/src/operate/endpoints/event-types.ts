import type { operations } from '../../../../src/client/api-types.d.ts';

type Settings = operations['createEndpoint']['requestBody']['content']['application/json'];
export type EventType = NonNullable<Settings['types']>[number];

/** As an object, so that the compiler finds a type that the API has and that is missing here. */
const TYPES: Record<EventType, true> = {
  'message.received': true,
  'message.held': true,
  'message.quarantined': true,
  'message.approved': true,
  'message.deleted': true,
  'media.stored': true,
  'media.failed': true,
  'media.held': true,
  'media.quarantined': true,
  'media.approved': true,
  'media.reported': true,
  'media.deleted': true,
  'sender.restricted': true,
  'deletion.completed': true,
};

/** What endpoints can be told. */
export const EVENT_TYPES = Object.keys(TYPES) as EventType[];
