import type { Database } from '../../database/database.ts';
import { jsonObject } from '../../database/json-object.ts';
import { type Event, Prisma } from '../../generated/prisma/client.ts';
import {
  REPORTED_TYPES,
  TEST_EVENT,
  VIEWER_EVENT_TYPES,
  type ViewerEventType,
  viewerEventData,
} from '../event-schemas.ts';
import { isMutedSender } from '../record-events.ts';

/** An event as a reader gets it. */
export type StreamedEvent = Pick<Event, 'id' | 'type' | 'createdAt' | 'data'>;

/** The events that a reader may see. */
export interface EventView {
  /** All event types in this view. */
  types: readonly string[];
  /** One entry for each event; null for an event that the reader may not see. */
  filter(events: readonly Event[]): Promise<(StreamedEvent | null)[]>;
}

/** Moderators see all events but those that test an endpoint. */
export const MODERATOR_VIEW: EventView = {
  types: REPORTED_TYPES,
  filter: async (events) => events.map((event) => (event.type === TEST_EVENT ? null : event)),
};

/**
 * Viewers see which media and messages became visible, changed or were removed, and nothing of decisions. An
 * event that shows one is sent only while that is visible: after resuming, events of media and messages that
 * were held, quarantined, deleted or muted since are left out. Removals contain only the sid.
 */
export function createViewerView(database: Database): EventView {
  return {
    types: VIEWER_EVENT_TYPES,
    async filter(events) {
      const converted = events.map(viewerEvent);
      const shown = converted.flatMap((event) =>
        event === null || isRemoval(event) ? [] : sidOf(event),
      );
      const visible = await visibleNow(database, shown);
      return converted.map((event) =>
        event === null || isRemoval(event) || visible.has(sidOf(event)) ? event : null,
      );
    },
  };
}

/** An event of a stream for viewers. */
type ViewerEvent = Omit<StreamedEvent, 'type'> & { type: ViewerEventType };

/** Converts an event to what a viewer may see of it; null for nothing. */
function viewerEvent({ id, type, createdAt, data }: Event): ViewerEvent | null {
  const facts = jsonObject(data);
  const as = (viewerType: ViewerEventType): ViewerEvent => {
    const names = Object.keys(viewerEventData[viewerType].shape);
    const known = names.filter((name) => facts[name] !== undefined);
    const shown = Object.fromEntries(known.map((name) => [name, facts[name] ?? null]));
    return { id, type: viewerType, createdAt, data: shown };
  };
  const isVisible = facts.moderation === 'visible';
  const wasVisible = facts.before === 'visible';
  switch (type) {
    case 'media.stored':
    case 'media.failed':
      return isVisible ? as(type) : null;
    case 'media.approved':
      return as('media.visible');
    case 'media.held':
    case 'media.quarantined':
      return wasVisible ? as('media.removed') : null;
    case 'media.deleted':
      return isVisible ? as('media.removed') : null;
    case 'message.received':
      return isVisible ? as('message.visible') : null;
    case 'message.approved':
      return as('message.visible');
    case 'message.held':
    case 'message.quarantined':
      return wasVisible ? as('message.removed') : null;
    case 'message.deleted':
      return isVisible ? as('message.removed') : null;
    default:
      return null;
  }
}

function isRemoval({ type }: ViewerEvent): boolean {
  return type === 'media.removed' || type === 'message.removed';
}

/** Of what the event is about: a media item or a message. */
function sidOf({ data }: StreamedEvent): string {
  const { mediaSid, messageSid } = jsonObject(data);
  return String(mediaSid ?? messageSid);
}

/** @returns those of media and messages that are visible now */
async function visibleNow({ prisma }: Database, sids: string[]): Promise<Set<string>> {
  if (sids.length === 0) return new Set();
  const rows = await prisma.$queryRaw<{ sid: string }[]>`
    SELECT media.sid FROM media
    WHERE media.sid = ANY(${sids}) AND media.moderation = 'visible' AND media.state <> 'deleted'
      AND NOT ${isMutedSender(Prisma.sql`media."from"`)}
    UNION ALL
    SELECT message.sid FROM message
    WHERE message.sid = ANY(${sids}) AND message.moderation = 'visible'
      AND message.deleted_at IS NULL AND NOT ${isMutedSender(Prisma.sql`message."from"`)}`;
  return new Set(rows.map(({ sid }) => sid));
}
