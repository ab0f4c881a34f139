import { useEffect, useRef } from 'preact/hooks';
import type { ClaimedItem } from '../api/types.ts';
import { notify } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';
import { openedMedia } from '../viewer/opened-media.ts';

/**
 * Says when what is before a moderator gets another state all the same: the decision of a rule does not end a claim, and
 * somebody should still look.
 */
export function useTellChange(claimed: ClaimedItem | undefined): void {
  const { item } = claimed === undefined ? {} : openedMedia(claimed.mediaSid).value;
  const known = useRef<{ id: string; moderation: string }>(undefined);
  useEffect(() => {
    if (claimed === undefined || item === undefined) return;
    const { moderation, decision } = item;
    const before = known.current;
    known.current = { id: claimed.id, moderation };
    if (before?.id !== claimed.id || before.moderation === moderation || !decision) return;
    const state = strings.viewer.moderation[moderation];
    notify({ text: strings.desk.changedMeanwhile(state, decision.by) });
  }, [claimed, item]);
}
