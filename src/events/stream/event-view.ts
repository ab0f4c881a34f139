import type { Database } from '../../database/database.ts';
import { jsonObject } from '../../database/json-object.ts';
import { type Event, Prisma } from '../../generated/prisma/client.ts';
import {
  EVENT_TYPES,
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

/** Moderators see all events. */
export const MODERATOR_VIEW: EventView = {
  types: EVENT_TYPES,
  filter: async (events) => [...events],
};

/**
 * Viewers see which media became visible, changed or were removed, and nothing of decisions. An event
 * that shows a media item is sent only while that is visible: after resuming, events of items that were
 * held, quarantined, deleted or muted since are left out. `media.removed` contains only the sid.
 */
export function createViewerView(database: Database): EventView {
  return {
    types: VIEWER_EVENT_TYPES,
    async filter(events) {
      const converted = events.map(viewerEvent);
      const shown = converted.flatMap((event) =>
        event === null || event.type === 'media.removed' ? [] : mediaSidOf(event),
      );
      const visible = shown.length === 0 ? new Set() : await visibleNow(database, shown);
      return converted.map((event) =>
        event === null || event.type === 'media.removed' || visible.has(mediaSidOf(event))
          ? event
          : null,
      );
    },
  };
}

/** Converts an event to what a viewer may see of it; null for nothing. */
function viewerEvent({ id, type, createdAt, data }: Event): StreamedEvent | null {
  const facts = jsonObject(data);
  const as = (viewerType: ViewerEventType): StreamedEvent => {
    const names = Object.keys(viewerEventData[viewerType].shape);
    const known = names.filter((name) => facts[name] !== undefined);
    const shown = Object.fromEntries(known.map((name) => [name, facts[name] ?? null]));
    return { id, type: viewerType, createdAt, data: shown };
  };
  const isVisible = facts.moderation === 'visible';
  switch (type) {
    case 'media.stored':
    case 'media.failed':
      return isVisible ? as(type) : null;
    case 'media.approved':
      return as('media.visible');
    case 'media.held':
    case 'media.quarantined':
      return facts.before === 'visible' ? as('media.removed') : null;
    case 'media.deleted':
      return isVisible ? as('media.removed') : null;
    default:
      return null;
  }
}

function mediaSidOf({ data }: StreamedEvent): string {
  return String(jsonObject(data).mediaSid);
}

async function visibleNow({ prisma }: Database, sids: string[]): Promise<Set<string>> {
  const rows = await prisma.$queryRaw<{ sid: string }[]>`
    SELECT media.sid FROM media
    WHERE media.sid = ANY(${sids}) AND media.moderation = 'visible' AND media.state <> 'deleted'
      AND NOT ${isMutedSender(Prisma.sql`media."from"`)}`;
  return new Set(rows.map(({ sid }) => sid));
}
