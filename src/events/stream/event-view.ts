import type { Database } from '../../database/database.ts';
import { type Event, Prisma } from '../../generated/prisma/client.ts';
import { EVENT_TYPES, isMutedSender } from '../record-events.ts';

/** An event as a reader is told of it. */
export type StreamedEvent = Pick<Event, 'id' | 'type' | 'createdAt' | 'data'>;

/** What a reader may be told. */
export interface EventView {
  /** Every type that there is for it. */
  types: readonly string[];
  /** One for each event; null for what the reader is not told of. */
  look(events: readonly Event[]): Promise<(StreamedEvent | null)[]>;
}

/** What moderators are told: everything. */
export const MODERATOR_VIEW: EventView = {
  types: EVENT_TYPES,
  look: async (events) => [...events],
};

/** What viewers are told. `media.visible` and `media.removed` are for them alone. */
const VIEWER_EVENT_TYPES = [
  'media.stored',
  'media.failed',
  'media.visible',
  'media.removed',
] as const;

type ViewerEventType = (typeof VIEWER_EVENT_TYPES)[number];

/** The facts that a viewer sees of a media item in the lists, too. */
const VIEWER_FACTS = [
  'mediaSid',
  'messageSid',
  'accountSid',
  'index',
  'state',
  'moderation',
  'contentType',
  'byteSize',
  'sha256',
  'storedAt',
];

/**
 * What viewers are told: which media became visible, changed or went, and nothing of decisions. An event
 * that shows a media item is told only while it may be seen: on resuming, what was held back, deleted or
 * muted since is not told of any more. One that was visible and is not is told by its sid alone.
 */
export function createViewerView(database: Database): EventView {
  return {
    types: VIEWER_EVENT_TYPES,
    async look(events) {
      const told = events.map(viewerEvent);
      const shown = told.flatMap((event) =>
        event === null || event.type === 'media.removed' ? [] : mediaSidOf(event),
      );
      const visible = shown.length === 0 ? new Set() : await visibleNow(database, shown);
      return told.map((event) =>
        event === null || event.type === 'media.removed' || visible.has(mediaSidOf(event))
          ? event
          : null,
      );
    },
  };
}

/** What an event means to somebody who sees what is visible; null for nothing. */
function viewerEvent({ id, type, createdAt, data }: Event): StreamedEvent | null {
  const facts = data as Record<string, unknown>;
  const as = (viewerType: ViewerEventType, names: readonly string[]): StreamedEvent => {
    const known = names.filter((name) => facts[name] !== undefined);
    return {
      id,
      type: viewerType,
      createdAt,
      data: Object.fromEntries(known.map((name) => [name, facts[name]])) as StreamedEvent['data'],
    };
  };
  const isVisible = facts.moderation === 'visible';
  switch (type) {
    case 'media.stored':
    case 'media.failed':
      return isVisible ? as(type, VIEWER_FACTS) : null;
    case 'media.approved':
      return as('media.visible', VIEWER_FACTS);
    case 'media.held':
    case 'media.quarantined':
      return facts.before === 'visible' ? as('media.removed', ['mediaSid']) : null;
    case 'media.deleted':
      return isVisible ? as('media.removed', ['mediaSid']) : null;
    default:
      return null;
  }
}

function mediaSidOf({ data }: StreamedEvent): string {
  return String((data as Record<string, unknown>).mediaSid);
}

async function visibleNow({ prisma }: Database, sids: string[]): Promise<Set<string>> {
  const rows = await prisma.$queryRaw<{ sid: string }[]>`
    SELECT media.sid FROM media
    WHERE media.sid = ANY(${sids}) AND media.moderation = 'visible' AND media.state <> 'deleted'
      AND NOT ${isMutedSender(Prisma.sql`media."from"`)}`;
  return new Set(rows.map(({ sid }) => sid));
}
