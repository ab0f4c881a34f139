import { signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import { onLiveEvent } from '../api/live-events.ts';
import type { Act, MediaItem } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { caller } from '../session/session.ts';
import { strings } from '../strings.ts';
import { offerUndo } from './undo.ts';

// Decisions that go out after some seconds, in which they can be taken back. The server carries them out, also when the
// page is closed meanwhile.

export type ActKind = Act['act'];

/** What is about to happen to attachments, by their sids: they are shown as if it had. */
export const waitingActs = signal<ReadonlyMap<string, Act>>(new Map());

/** How long after its time an act is looked at. */
const LOOK_AFTER_MS = 1000;
/** Attachments of which the server has not answered yet: a key that is pressed twice acts once. */
const asked = new Set<string>();
const listeners = new Set<(mediaSid: string) => void>();

/**
 * Calls when an act has gone out, has failed or was taken back: the attachment has to be read again.
 *
 * @returns ends it
 */
export function onActEnd(listener: (mediaSid: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Why something is decided: a code of the team's list, and words. */
export interface Reason {
  reasonCode?: string;
  reason?: string;
}

/**
 * Decides about an attachment, and offers to take it back. What does not work is said in a notice.
 *
 * @param onUndone called when it was taken back
 * @returns whether it will be done, unless it is taken back
 */
export async function act(
  { sid, moderation }: MediaItem,
  kind: ActKind,
  { why, onUndone }: { why?: Reason; onUndone?: () => void } = {},
): Promise<boolean> {
  if (asked.has(sid)) return false;
  asked.add(sid);
  try {
    const body = { mediaSid: sid, act: kind, expected: moderation, ...why };
    const waiting = bodyOf(await api.POST('/api/v1/acts', { body }));
    follow(waiting, offer(waiting, onUndone));
    return true;
  } catch (error) {
    notifyError(error);
    tell(sid);
    // It may wait all the same: the answer was lost, or another tab was faster.
    const mayWait = error instanceof ApiProblem && ['offline', 'conflict'].includes(error.code);
    if (mayWait) window.setTimeout(() => void readWaitingActs().catch(() => {}), LOOK_AFTER_MS);
    return false;
  } finally {
    asked.delete(sid);
  }
}

/** Finds out what waits, such as after a reload; the reader's own can be taken back. */
export async function readWaitingActs(): Promise<void> {
  const query = { state: 'waiting', limit: 200 } as const;
  const { items } = bodyOf(await api.GET('/api/v1/acts', { params: { query } }));
  for (const waiting of items) {
    if (waitingActs.peek().has(waiting.mediaSid)) continue;
    const isOwn = waiting.requestedBy === caller.peek()?.name;
    follow(waiting, isOwn ? offer(waiting) : () => {});
  }
}

/** Milliseconds; by the clock of the server alone, which may be another than that of the browser. */
function delayOf({ createdAt, runsAt }: Act): number {
  return Math.max(Date.parse(runsAt) - Date.parse(createdAt), 0);
}

/** @returns takes the offer away */
function offer(waiting: Act, onUndone?: () => void): () => void {
  const text = strings.acts.done[waiting.act];
  return offerUndo({ text, forMs: delayOf(waiting), run: () => undo(waiting, onUndone) });
}

/** @param onTime called when it can no longer be taken back */
function follow(waiting: Act, onTime: () => void): void {
  const leftMs = delayOf(waiting);
  waitingActs.value = new Map(waitingActs.peek()).set(waiting.mediaSid, waiting);
  window.setTimeout(onTime, leftMs);
  window.setTimeout(() => void settle(waiting), leftMs + LOOK_AFTER_MS);
  // It has gone out, most likely: the next decision about the attachment need not wait.
  const stop = onLiveEvent(({ mediaSid }) => {
    if (!isWaiting(waiting)) stop();
    else if (mediaSid === waiting.mediaSid) void settleEarly(waiting);
  });
}

function isWaiting({ id, mediaSid }: Act): boolean {
  return waitingActs.peek().get(mediaSid)?.id === id;
}

/** Takes back what has not gone out yet. */
async function undo(waiting: Act, onUndone?: () => void): Promise<void> {
  const { id, mediaSid } = waiting;
  try {
    await api.DELETE('/api/v1/acts/{id}', { params: { path: { id } } });
    notify({ text: strings.acts.undone });
    onUndone?.();
  } catch (error) {
    const isLate = error instanceof ApiProblem && error.code === 'conflict';
    if (!isLate) {
      // It still goes out.
      const again = { label: strings.acts.undo, run: () => void undo(waiting, onUndone) };
      notify({ text: (error as Error).message, tone: 'error', action: again });
      return;
    }
    notify({ text: strings.acts.tooLate, tone: 'error' });
  }
  end(mediaSid);
}

/** When its time has come: one that was taken back has ended already. */
async function settle(waiting: Act): Promise<void> {
  if (!isWaiting(waiting)) return;
  try {
    const now = await readAct(waiting);
    // The server has much to do.
    if (now.state === 'waiting') window.setTimeout(() => void settle(now), LOOK_AFTER_MS);
    else finish(now);
  } catch (error) {
    notifyError(error);
    end(waiting.mediaSid);
  }
}

async function settleEarly(waiting: Act): Promise<void> {
  // Without an answer it is read when its time has come.
  const now = await readAct(waiting).catch(() => waiting);
  if (now.state !== 'waiting') finish(now);
}

async function readAct({ id }: Act): Promise<Act> {
  return bodyOf(await api.GET('/api/v1/acts/{id}', { params: { path: { id } } }));
}

/** Says when an act could not be carried out. */
function finish(act: Act): void {
  if (!isWaiting(act)) return;
  if (act.problem) notify({ text: strings.acts.failed(act.problem.detail), tone: 'error' });
  if (act.proposed) notify({ text: strings.acts.proposed });
  end(act.mediaSid);
}

function end(mediaSid: string): void {
  const left = new Map(waitingActs.peek());
  left.delete(mediaSid);
  waitingActs.value = left;
  tell(mediaSid);
}

function tell(mediaSid: string): void {
  for (const listener of listeners) listener(mediaSid);
}
