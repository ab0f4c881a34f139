import { signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import { onLiveEvent } from '../api/live-events.ts';
import type { Act, MediaItem, NewAct, Proposal } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { caller } from '../session/session.ts';
import { strings } from '../strings.ts';
import { isOnlyProposed } from './only-proposed.ts';
import { notifyRefused } from './reason-codes.ts';
import { doUndoably, offerUndo } from './undo.ts';

// Decisions and blocks that go out after some seconds, in which they can be taken back. The server carries them out, also
// when the page is closed meanwhile.

/** A block concerns what comes later: the attachment stays as it is. */
type BlockKind = 'block' | 'block-sender';
/** What decides about an attachment. */
export type ActKind = Exclude<Act['act'], BlockKind>;

/** What is about to happen to attachments, by their sids: they are shown as if it had. */
export const waitingActs = signal<ReadonlyMap<string, ActKind>>(new Map());
/** All that the page waits for, by their ids. */
const followed = new Map<string, Act>();

/** How long after its time an act is looked at. */
const LOOK_AFTER_MS = 1000;
/** Acts of which the server has not answered yet: a key that is pressed twice acts once. */
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

/** How an act is carried out, and who wants to know what comes of it. */
export interface ActOptions {
  why?: Reason;
  /** Of a delete: what goes with the attachment. */
  reach?: Pick<NewAct, 'scope' | 'message'>;
  /** Whether the sender is blocked, too, if it is deleted. */
  blockSender?: boolean;
  /** What is proposed to do with the attachment: the same confirms it. */
  proposals?: readonly Proposal[];
  /** Called when it was taken back. */
  onUndone?: () => void;
  /** Called when it was carried out. */
  onDone?: (done: Act) => void;
}

/**
 * Decides about an attachment, and offers to take it back. What does not work is said in a notice.
 *
 * @returns whether it will be done, unless it is taken back
 */
export function act(
  { sid, moderation }: MediaItem,
  kind: ActKind,
  { why, reach, blockSender, ...heard }: ActOptions = {},
): Promise<boolean> {
  const more = { expected: moderation, ...reach, ...(blockSender && { blockSender }) };
  return begin({ mediaSid: sid, act: kind, ...more, ...why }, sid, heard);
}

/** What happens to copies, and whether also to those that are stored already. */
export type Block = Required<Pick<NewAct, 'policy' | 'applyToExisting'>>;
type BlockOptions = Pick<ActOptions, 'why' | 'proposals' | 'onDone'>;

/** Blocks what an attachment shows, so that what arrives later is quarantined or deleted; as `act`. */
export function blockPicture(
  sid: string,
  copies: Block,
  { why, ...heard }: BlockOptions,
): Promise<boolean> {
  return begin({ mediaSid: sid, act: 'block', ...copies, ...why }, `block ${sid}`, heard);
}

/** Fetches nothing of the sender of an attachment any more; as `act`. */
export function blockSender(sid: string, { why, ...heard }: BlockOptions): Promise<boolean> {
  const body = { mediaSid: sid, act: 'block-sender', ...why } as const;
  return begin(body, `block-sender ${sid}`, heard);
}

/** @param key of what cannot be asked for twice at once */
async function begin(
  body: NewAct,
  key: string,
  { proposals, onUndone, onDone }: Pick<ActOptions, 'proposals' | 'onUndone' | 'onDone'> = {},
): Promise<boolean> {
  if (asked.has(key)) return false;
  asked.add(key);
  try {
    await doUndoably(async () => {
      const waiting = bodyOf(await api.POST('/api/v1/acts', { body }));
      follow(waiting, offer(waiting, proposals, onUndone), onDone);
    });
    return true;
  } catch (error) {
    notifyRefused(error);
    tell(body.mediaSid);
    // It may wait all the same: the answer was lost, or another tab was faster.
    const mayWait = error instanceof ApiProblem && ['offline', 'conflict'].includes(error.code);
    if (mayWait) window.setTimeout(() => void readWaitingActs().catch(() => {}), LOOK_AFTER_MS);
    return false;
  } finally {
    asked.delete(key);
  }
}

/** Finds out what waits, such as after a reload; the reader's own can be taken back. */
export async function readWaitingActs(): Promise<void> {
  const query = { state: 'waiting', limit: 200 } as const;
  const { items } = bodyOf(await api.GET('/api/v1/acts', { params: { query } }));
  for (const waiting of items) {
    if (followed.has(waiting.id)) continue;
    const isOwn = waiting.requestedBy === caller.peek()?.name;
    follow(waiting, isOwn ? offer(waiting) : () => {});
  }
}

/** Milliseconds; by the clock of the server alone, which may be another than that of the browser. */
function delayOf({ createdAt, runsAt }: Act): number {
  return Math.max(Date.parse(runsAt) - Date.parse(createdAt), 0);
}

/** @returns takes the offer away */
function offer(waiting: Act, proposals?: readonly Proposal[], onUndone?: () => void): () => void {
  const { done, proposing } = strings.acts;
  const asDone = waiting.blockSender ? done.deleteAndBlock : done[waiting.act];
  const text = isOnlyProposed(waiting, proposals) ? proposing : asDone;
  return offerUndo({ text, forMs: delayOf(waiting), run: () => undo(waiting, onUndone) });
}

/**
 * @param onTime called when it can no longer be taken back
 * @param onDone called when it was carried out
 */
function follow(waiting: Act, onTime: () => void, onDone?: (done: Act) => void): void {
  const leftMs = delayOf(waiting);
  const { id, mediaSid: sid, act: kind } = waiting;
  followed.set(id, waiting);
  if (kind !== 'block' && kind !== 'block-sender') {
    waitingActs.value = new Map(waitingActs.peek()).set(sid, kind);
  }
  window.setTimeout(onTime, leftMs);
  window.setTimeout(() => void settle(waiting, onDone), leftMs + LOOK_AFTER_MS);
  // It has gone out, most likely: the next decision about the attachment need not wait.
  const stop = onLiveEvent(({ mediaSid }) => {
    if (!isWaiting(waiting)) stop();
    else if (mediaSid === waiting.mediaSid) void settleEarly(waiting, onDone);
  });
}

function isWaiting({ id }: Act): boolean {
  return followed.has(id);
}

/** Takes back what has not gone out yet. */
async function undo(waiting: Act, onUndone?: () => void): Promise<void> {
  const { id } = waiting;
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
  end(waiting);
}

/** When its time has come: one that was taken back has ended already. */
async function settle(waiting: Act, onDone: ActOptions['onDone']): Promise<void> {
  if (!isWaiting(waiting)) return;
  try {
    const now = await readAct(waiting);
    // The server has much to do.
    if (now.state === 'waiting') window.setTimeout(() => void settle(now, onDone), LOOK_AFTER_MS);
    else finish(now, onDone);
  } catch (error) {
    notifyError(error);
    end(waiting);
  }
}

async function settleEarly(waiting: Act, onDone: ActOptions['onDone']): Promise<void> {
  // Without an answer it is read when its time has come.
  const now = await readAct(waiting).catch(() => waiting);
  if (now.state !== 'waiting') finish(now, onDone);
}

async function readAct({ id }: Act): Promise<Act> {
  return bodyOf(await api.GET('/api/v1/acts/{id}', { params: { path: { id } } }));
}

/** Says when an act could not be carried out. */
function finish(act: Act, onDone: ActOptions['onDone']): void {
  if (!isWaiting(act)) return;
  if (act.problem) notify({ text: strings.acts.failed(act.problem.detail), tone: 'error' });
  if (act.proposed) notify({ text: strings.acts.proposed });
  else if (act.changed === false && act.act === 'block') notify({ text: strings.acts.known });
  else if (act.state === 'done') onDone?.(act);
  end(act);
}

function end({ id, mediaSid, act: kind }: Act): void {
  followed.delete(id);
  if (kind !== 'block' && kind !== 'block-sender') {
    const left = new Map(waitingActs.peek());
    left.delete(mediaSid);
    waitingActs.value = left;
  }
  tell(mediaSid);
}

function tell(mediaSid: string): void {
  for (const listener of listeners) listener(mediaSid);
}
