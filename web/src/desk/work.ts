import { type Signal, signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ClaimedItem } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { type ActKind, act, type Reason } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { forgetMedia, openedMedia, refreshMedia } from '../viewer/opened-media.ts';
import { endOf, holdClaim, type Lost, releaseClaim, released } from './hold-claim.ts';
import { loadAhead } from './load-ahead.ts';
import { refreshQueues } from './queue-counts.ts';
import { type QueueFilter, type QueueName, queueQueryOf } from './queue-filter.ts';

/** What a moderator has before them. */
export type AtHand =
  | { state: 'starting' }
  | { state: 'claimed'; claimed: ClaimedItem }
  /** It was claimed, and is not any more. */
  | { state: 'lost'; claimed: ClaimedItem; lost: Lost }
  | { state: 'empty' }
  | { state: 'problem'; problem: Error };

interface DecideOptions {
  why?: Reason;
  onDecided?: () => void;
  onUndone?: () => void;
}

/** Works off one queue: one attachment at a time, which nobody else has meanwhile. */
export interface Work {
  atHand: Signal<AtHand>;
  /** Takes the next one: the first, or after one that is lost. */
  begin(): Promise<void>;
  /**
   * Decides, and takes the next one at once; the act itself goes out later.
   *
   * @param options `onDecided` is called when it will be done, `onUndone` when that was taken back
   */
  decide(kind: ActKind, options?: DecideOptions): Promise<void>;
  /** It is hard to judge: others get it. */
  skip(): Promise<void>;
  /** Somebody else should decide. */
  escalate(reason: string): Promise<void>;
  /** Leaves it in the queue, and takes the one behind it. */
  pass(): Promise<void>;
  /** Gives back what is claimed. */
  end(): void;
}

export function createWork(queue: QueueName, filter: QueueFilter): Work {
  const atHand = signal<AtHand>({ state: 'starting' });
  let stopHolding: (() => void) | undefined;
  /** The last one that was passed by; what is before it comes again at the end. */
  let passed: string | undefined;
  let isEnded = false;
  /** A key that is pressed meanwhile does nothing: it was meant for what was shown before. */
  let running: Promise<void> | undefined;

  function alone(run: () => Promise<void>): Promise<void> {
    if (running !== undefined || isEnded) return Promise.resolve();
    running = run()
      .catch(fail)
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function fail(error: unknown): void {
    const isShown = atHand.peek().state === 'claimed';
    if (isShown) notifyError(error);
    else atHand.value = { state: 'problem', problem: error as Error };
  }

  async function claimNext(after?: string): Promise<ClaimedItem | undefined> {
    const body = { queue, filter: queueQueryOf(filter), ...(after !== undefined && { after }) };
    const { data } = await api.POST('/api/v1/claims/next', { body });
    return data;
  }

  /** @returns whether there was one */
  async function takeNext(): Promise<boolean> {
    let claimed = passed === undefined ? undefined : await claimNext(passed);
    if (claimed === undefined) {
      passed = undefined;
      claimed = await claimNext();
    }
    if (claimed !== undefined) show(claimed);
    return claimed !== undefined;
  }

  /** After what is at hand is done with. */
  async function goOn(): Promise<void> {
    if (!(await takeNext()) && !isEnded) {
      leave();
      atHand.value = { state: 'empty' };
    }
    void refreshQueues();
  }

  function show(claimed: ClaimedItem): void {
    if (isEnded) {
      releaseClaim(claimed.id);
      return;
    }
    leave();
    openedMedia(claimed.mediaSid).value = { item: claimed.media };
    atHand.value = { state: 'claimed', claimed };
    stopHolding = holdClaim(claimed, (lost) => {
      atHand.value = { state: 'lost', claimed, lost };
      void refreshMedia(claimed.mediaSid);
    });
    loadAhead(queue, queueQueryOf(filter), claimed.mediaSid);
  }

  function leave(): void {
    stopHolding?.();
    stopHolding = undefined;
    forgetMedia();
  }

  /** Does something with what is claimed. */
  function withClaimed(run: (claimed: ClaimedItem) => Promise<void>): Promise<void> {
    const now = atHand.peek();
    return now.state === 'claimed' ? alone(() => run(now.claimed)) : Promise.resolve();
  }

  /** Of one whose decision was taken back. */
  async function takeBack(mediaSid: string): Promise<void> {
    while (running !== undefined) await running;
    await alone(async () => {
      const body = { queue, mediaSid };
      show(bodyOf(await api.POST('/api/v1/claims', { body })));
      void refreshQueues();
    });
  }

  /** Somebody else may have it, or have decided: then on to the next one. */
  async function orLost(claimed: ClaimedItem, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 409)) throw error;
      notifyError(error);
      if ((await endOf(claimed.id)) === undefined) return;
    }
    await goOn();
  }

  const release = () => {
    const now = atHand.peek();
    if (now.state === 'claimed') releaseClaim(now.claimed.id);
  };
  const closed = () => {
    isEnded = true;
    stopHolding?.();
    release();
  };
  /** The browser has kept the page, and shows it again. */
  const reopened = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    isEnded = false;
    void alone(goOn);
  };
  window.addEventListener('pagehide', closed);
  window.addEventListener('pageshow', reopened);

  return {
    atHand,
    begin: () => alone(() => released().then(goOn)),
    decide: (kind, { why, onDecided, onUndone } = {}) =>
      withClaimed(async (claimed) => {
        const { mediaSid, media } = claimed;
        const { item = media } = openedMedia(mediaSid).peek();
        const undone = () => {
          onUndone?.();
          void takeBack(mediaSid);
        };
        const isDone = await act(item, kind, { ...(why && { why }), onUndone: undone });
        if (isDone) onDecided?.();
        if (isDone || (await endOf(claimed.id)) !== undefined) await goOn();
      }),
    skip: () =>
      withClaimed((claimed) =>
        orLost(claimed, () => {
          const params = { path: { id: claimed.id }, query: { skipped: true } };
          return api.DELETE('/api/v1/claims/{id}', { params });
        }),
      ),
    escalate: (reason) =>
      withClaimed((claimed) =>
        orLost(claimed, async () => {
          const params = { path: { id: claimed.id } };
          await api.POST('/api/v1/claims/{id}/escalate', { params, body: { reason } });
          notify({ text: strings.desk.escalated });
        }),
      ),
    pass: () =>
      withClaimed(async ({ mediaSid }) => {
        passed = mediaSid;
        if (!(await takeNext())) notify({ text: strings.desk.onlyOne });
      }),
    end() {
      closed();
      leave();
      window.removeEventListener('pagehide', closed);
      window.removeEventListener('pageshow', reopened);
    },
  };
}
