import { type Signal, signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ClaimedItem } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { type ActKind, type ActOptions, act } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { forgetMedia, openedMedia, refreshMedia } from '../viewer/opened-media.ts';
import { startWorkClock, type Worked } from './breaks/work-time.ts';
import { endOf, holdClaim, isOwnAct, type Lost, releaseClaim, released } from './hold-claim.ts';
import { loadAhead } from './load-ahead.ts';
import { refreshQueues } from './queue-counts.ts';
import { type QueueFilter, type QueueName, queueQueryOf } from './queue-filter.ts';
import { tellRestriction } from './reviews/strikes.tsx';

/** What a moderator has before them. */
export type AtHand =
  | { state: 'starting' }
  | { state: 'claimed'; claimed: ClaimedItem }
  /** It was claimed, and is not any more. */
  | { state: 'lost'; claimed: ClaimedItem; lost: Lost }
  /** A break, of which the moderator wants to be reminded. */
  | { state: 'break'; worked: Worked }
  | { state: 'empty' }
  | { state: 'problem'; problem: Error };

type DecideOptions = Pick<ActOptions, 'why' | 'reach' | 'blockSender'> & {
  /** Done before: unless it returns true, nothing is decided. */
  before?: () => Promise<boolean>;
};

/** Works off one queue: one attachment at a time, which nobody else has meanwhile. */
export interface Work {
  atHand: Signal<AtHand>;
  /** Takes the next one: the first, or after one that is lost. */
  begin(): Promise<void>;
  /** Decides, and takes the next one at once; the act itself goes out later. */
  decide(kind: ActKind, how: DecideOptions): Promise<void>;
  /** Does something else that ends the work on it, such as a block that was proposed. */
  settle(run: () => Promise<unknown>): Promise<void>;
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
  const clock = startWorkClock(
    () => atHand.peek().state === 'claimed',
    (worked) => void withClaimed(async (claimed) => rest(worked, claimed)),
  );
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
    const worked = clock.takeBreak();
    if (worked !== undefined) {
      rest(worked);
      return;
    }
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
      if (isOwnAct(lost)) {
        // What is on its way goes on by itself.
        void alone(async () => {
          notify({ text: strings.desk.dealtWith });
          atHand.value = { state: 'starting' };
          clock.countItem();
          await goOn();
        });
        return;
      }
      atHand.value = { state: 'lost', claimed, lost };
      void refreshMedia(claimed.mediaSid);
    });
    loadAhead(queue, queueQueryOf(filter), claimed.mediaSid);
  }

  /** @param held what has not been decided yet */
  function rest(worked: Worked, held?: ClaimedItem): void {
    if (held !== undefined) releaseClaim(held.id);
    leave();
    atHand.value = { state: 'break', worked };
    void refreshQueues();
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
      const now = atHand.peek();
      // Taken back before the next one was asked for, it is the next one.
      if (now.state === 'claimed' && now.claimed.mediaSid === mediaSid) return;
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
    clock.countItem();
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
    decide: (kind, { before, ...how }) =>
      withClaimed(async (claimed) => {
        if (before !== undefined && !(await before())) return;
        const { mediaSid, media } = claimed;
        const { item = media } = openedMedia(mediaSid).peek();
        const { from } = item;
        const proposals = claimed.escalation?.proposals ?? [];
        const isDone = await act(item, kind, {
          ...how,
          proposals,
          onUndone: () => void takeBack(mediaSid),
          onDone: (done) => void (from && tellRestriction(from, done)),
        });
        if (isDone) clock.countItem();
        if (isDone || (await endOf(claimed.id)) !== undefined) await goOn();
      }),
    settle: (run) => withClaimed((claimed) => orLost(claimed, run)),
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
      withClaimed(async (claimed) => {
        passed = claimed.mediaSid;
        const worked = clock.takeBreak();
        if (worked !== undefined) rest(worked, claimed);
        else if (!(await takeNext())) notify({ text: strings.desk.onlyOne });
      }),
    end() {
      clock.end();
      closed();
      leave();
      window.removeEventListener('pagehide', closed);
      window.removeEventListener('pageshow', reopened);
    },
  };
}
