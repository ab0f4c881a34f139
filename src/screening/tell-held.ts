import type { Transaction } from '../database/database.ts';
import { recordEvents } from '../events/record-events.ts';
import type { StoredMedia } from '../preview/gate.ts';

/**
 * Tells which of the stored media wait for a moderator because everything new does.
 *
 * @param tx the caller commits it
 */
export function tellHeld(tx: Transaction, stored: readonly StoredMedia[]): Promise<void> {
  const waiting = stored.filter(
    ({ moderation, decidedBy }) => moderation === 'held' && decidedBy === null,
  );
  return recordEvents(
    tx,
    waiting.map(({ sid: mediaSid, messageSid, accountSid, moderation }) => ({
      ...{ type: 'media.held', messageSid, mediaSid },
      data: {
        ...{ mediaSid, messageSid, accountSid, moderation, before: null },
        ...{ reasonCode: 'moderation_mode', decidedBy: 'system:hold' },
      },
    })),
  );
}
