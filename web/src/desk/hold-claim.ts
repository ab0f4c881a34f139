import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import type { Claim } from '../api/types.ts';
import { onActEnd } from '../moderation/acts.ts';
import { caller } from '../session/session.ts';

/** Why an attachment is not the reader's any more, and by whom; null where nobody did it. */
export interface Lost {
  ending: NonNullable<Claim['ending']>;
  by: string | null;
}

const BY_ACTS: readonly Lost['ending'][] = ['escalated', 'acted'];

/** Whether an act of the reader on the attachment alone has ended the work on it: a bulk act is said to have decided. */
export function isOwnAct({ ending, by }: Lost): boolean {
  return BY_ACTS.includes(ending) && by === caller.peek()?.name;
}

/** Of the time that a claim lasts, it is looked at so often. */
const LOOKS = 5;
const INPUTS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Extends a claim while somebody is there: the page is visible, and something was done in it as recently as a claim lasts.
 * Times are those of the browser alone; the server's clock may be another.
 *
 * @param onLost called once, when it has ended: by its time, or by somebody else
 * @returns stops it, without an end of the claim
 */
export function holdClaim(claim: Claim, onLost: (lost: Lost) => void): () => void {
  const { id, mediaSid } = claim;
  const lastsMs = Date.parse(claim.expiresAt) - Date.parse(claim.createdAt);
  let until = performance.now() + lastsMs;
  // It began with something that somebody did.
  let lastInputAt = performance.now();
  let isStopped = false;

  async function look(): Promise<void> {
    const now = performance.now();
    const isThere = !document.hidden && now - lastInputAt < lastsMs;
    if (isThere) await extend(now);
    else if (now >= until) lose({ ending: 'expired', by: null });
  }

  async function extend(now: number): Promise<void> {
    const params = { path: { id } };
    try {
      await api.POST('/api/v1/claims/{id}/extend', { params });
      until = now + lastsMs;
    } catch (error) {
      if (isEnd(error)) await ask();
      // Without an answer it is tried again, until its time has come.
      else if (performance.now() >= until) lose({ ending: 'expired', by: null });
    }
  }

  /** Finds out whether it has ended, and how. */
  async function ask(): Promise<void> {
    const lost = await endOf(id).catch(() => undefined);
    if (lost !== undefined) lose(lost);
  }

  function lose(lost: Lost): void {
    if (isStopped) return;
    stop();
    onLost(lost);
  }

  const isBack = () => void look();
  const noteInput = () => {
    lastInputAt = performance.now();
  };
  const everywhere = { capture: true, passive: true };
  for (const input of INPUTS) window.addEventListener(input, noteInput, everywhere);
  const timer = window.setInterval(() => void look(), lastsMs / LOOKS);
  document.addEventListener('visibilitychange', isBack);
  const ends = [
    onLiveEvent((event) => {
      if (event.mediaSid === mediaSid) void ask();
    }),
    onMissedEvents(() => void ask()),
    // A block that was proposed or confirmed ends it, too, when it goes out.
    onActEnd((sid) => {
      if (sid === mediaSid) void ask();
    }),
  ];

  function stop(): void {
    isStopped = true;
    window.clearInterval(timer);
    document.removeEventListener('visibilitychange', isBack);
    for (const input of INPUTS) window.removeEventListener(input, noteInput, everywhere);
    for (const end of ends) end();
  }

  return stop;
}

let releasing: Promise<unknown> = Promise.resolve();

/** Gives an attachment back, also while the page is being closed. */
export function releaseClaim(id: string): void {
  const params = { path: { id } };
  releasing = api.DELETE('/api/v1/claims/{id}', { params, keepalive: true }).catch(() => undefined);
}

/** Resolves once what was given back is in its queue again: it may be what is asked for next. */
export async function released(): Promise<void> {
  await releasing;
}

/** How a claim has ended; undefined while it has not. */
export async function endOf(id: string): Promise<Lost | undefined> {
  try {
    const claim = bodyOf(await api.GET('/api/v1/claims/{id}', { params: { path: { id } } }));
    return claim.ending === null ? undefined : { ending: claim.ending, by: claim.endedBy };
  } catch (error) {
    if (isEnd(error)) return { ending: 'expired', by: null };
    throw error;
  }
}

/** A claim that has ended or is not known any more. */
function isEnd(error: unknown): boolean {
  return error instanceof ApiProblem && [403, 404, 409].includes(error.status);
}
