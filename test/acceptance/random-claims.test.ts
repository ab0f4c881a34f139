import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type BrowserSession, SAME_ORIGIN, signIn } from '../support/browser-session.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { importNotes } from '../support/import-notes.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Eight moderators work on one queue at the same time, on two receivers where the database is a server, and do whatever
// they may: half of them in a browser, whose session may be revoked at any time, half of them with their key. Each works
// through a random list of steps; how the lists interleave is up to the processes.

const MODERATORS = 8;
const ITEMS = 10;
const RUNS = 4;
const LIMIT_MS = 210_000;
/** So short that claims also expire in the middle of the work. */
const CLAIM_SECONDS = 2;

const STEPS = [
  ...['next', 'next', 'next', 'nextAfter', 'extend', 'release', 'skip', 'decide', 'hold'],
  ...['escalate', 'expire', 'decideOther', 'revoke'],
] as const;
type Step = (typeof STEPS)[number];

interface Taken {
  id: string;
  mediaSid: string;
  owner: string;
  queue: string;
  createdAt: number;
  expiresAt: number;
}

/** When a request that may have ended claims was sent. */
interface Ending {
  sentAt: number;
  /** Of one claim, or of all claims of one attachment. */
  claimId?: string;
  mediaSid?: string;
}

let inbox: TestInbox;
let second: InboxProcess | undefined;
const secrets: string[] = [];
/** Of those who work in a browser. */
const sessions = new Map<number, BrowserSession>();
beforeAll(async () => {
  inbox = await startTestInbox({ CLAIM_SECONDS: String(CLAIM_SECONDS) });
  if (!('tarFile' in inject('databaseTemplate'))) {
    second = await startInboxProcess({
      ...inboxEnv(inbox, inbox.twilio),
      ROLES: 'receiver',
      CLAIM_SECONDS: String(CLAIM_SECONDS),
    });
  }
  for (let n = 0; n < MODERATORS + 1; n += 1) {
    const key = { name: `moderator-${n}`, role: 'moderator' };
    secrets.push((await inbox.api('post', '/api/v1/keys').send(key).expect(201)).body.secret);
    // Some of them on each receiver.
    if (n % 4 < 2 && n < MODERATORS) sessions.set(n, await signIn(inbox, secrets[n]));
  }
}, 60_000);
afterAll(async () => {
  await second?.end('SIGTERM');
  await inbox.stop();
});

function callAs(who: number, method: 'get' | 'post' | 'delete', path: string) {
  const url = who % 2 === 1 && second !== undefined ? second.url : inbox.url;
  const request = checkedRequest(url, method, path);
  const session = sessions.get(who);
  if (session === undefined) return request.set('Authorization', `Bearer ${secrets[who]}`);
  return request.set({ ...SAME_ORIGIN, cookie: session.cookie });
}

/** One moderator with what they hold, and a record of all that may have begun and ended a claim. */
function createModerator(
  who: number,
  record: { taken: Taken[]; endings: Ending[] },
  sids: string[],
) {
  let mine: Taken | undefined;

  async function next(after?: string): Promise<void> {
    const sentAt = Date.now();
    const body = { queue: 'held', ...(after === undefined ? {} : { after }) };
    const answer = await callAs(who, 'post', '/api/v1/claims/next').send(body);
    if (answer.status === 204) return;
    expect(answer.status).toBe(201);
    // The one before is replaced.
    if (mine !== undefined) record.endings.push({ sentAt, claimId: mine.id });
    const { id, mediaSid, owner, queue, createdAt, expiresAt, media } = answer.body;
    expect(media.sid).toBe(mediaSid);
    mine = {
      ...{ id, mediaSid, owner, queue },
      createdAt: Date.parse(createdAt),
      expiresAt: Date.parse(expiresAt),
    };
    record.taken.push(mine);
  }

  async function end(method: 'post' | 'delete', path: string, body?: object): Promise<void> {
    if (mine === undefined) return;
    record.endings.push({ sentAt: Date.now(), claimId: mine.id });
    const answer = await callAs(who, method, `/api/v1/claims/${mine.id}${path}`).send(body);
    // 409: it had expired, or somebody else decided.
    expect([200, 204, 409]).toContain(answer.status);
    mine = undefined;
  }

  async function decide(mediaSid: string | undefined, decision: string): Promise<void> {
    if (mediaSid === undefined) return;
    record.endings.push({ sentAt: Date.now(), mediaSid });
    await callAs(who, 'post', `/api/v1/media/${mediaSid}/decision`).send({ decision }).expect(200);
    if (mine?.mediaSid === mediaSid) mine = undefined;
  }

  async function extend(): Promise<void> {
    if (mine === undefined) return;
    const answer = await callAs(who, 'post', `/api/v1/claims/${mine.id}/extend`);
    expect([200, 409]).toContain(answer.status);
    if (answer.status === 200) mine.expiresAt = Date.parse(answer.body.expiresAt);
    else mine = undefined;
  }

  async function expire(): Promise<void> {
    if (mine === undefined) return;
    const { id } = mine;
    await eventually(async () => {
      const { body } = await callAs(who, 'get', `/api/v1/claims/${id}`).expect(200);
      expect(body.state).toBe('ended');
    });
    mine = undefined;
  }

  /** Their session is ended by somebody else, and they sign in again. */
  async function revoke(): Promise<void> {
    const session = sessions.get(who);
    if (session === undefined) return;
    if (mine !== undefined) record.endings.push({ sentAt: Date.now(), claimId: mine.id });
    await inbox.api('delete', `/api/v1/sessions/${session.id}`).expect(204);
    await callAs(who, 'get', '/api/v1/claims').expect(401);
    sessions.set(who, await signIn(inbox, secrets[who]));
    mine = undefined;
  }

  const steps: Record<Step, (pick: number) => Promise<void>> = {
    next: () => next(),
    nextAfter: (pick) => next(sids[pick % sids.length]),
    extend,
    release: () => end('delete', ''),
    skip: () => end('delete', '?skipped=true'),
    escalate: () => end('post', '/escalate', { reason: 'somebody else' }),
    decide: (pick) => decide(mine?.mediaSid, pick % 2 === 0 ? 'approve' : 'quarantine'),
    hold: () => decide(mine?.mediaSid, 'hold'),
    decideOther: (pick) => decide(sids[pick % sids.length], pick % 3 === 0 ? 'approve' : 'hold'),
    expire,
    revoke,
  };
  return (step: Step, pick: number) => steps[step](pick);
}

async function sidsIn(queue: string): Promise<string[]> {
  const { body } = await inbox.api('get', `/api/v1/queues/${queue}/items?limit=200`).expect(200);
  return body.items.map(({ media }: { media: { sid: string } }) => media.sid);
}

/** The earliest moment at which a claim may have ended. */
function earliestEnd({ id, mediaSid, createdAt, expiresAt }: Taken, endings: readonly Ending[]) {
  const times = endings
    .filter((ending) => ending.claimId === id || ending.mediaSid === mediaSid)
    // What was sent before may have been carried out behind it.
    .map(({ sentAt }) => Math.max(sentAt, createdAt));
  return Math.min(expiresAt, ...times);
}

const list = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(1000)), {
  minLength: 5,
  maxLength: 14,
});

test('whatever eight moderators do at the same time: never two have one attachment, and none is lost', {
  timeout: 240_000,
}, async () => {
  let claims = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(list, { minLength: MODERATORS, maxLength: MODERATORS }),
      async (lists) => {
        await approveHeld();
        const sids = await importNotes(inbox, ITEMS);
        for (const sid of sids)
          await callAs(0, 'post', `/api/v1/media/${sid}/decision`)
            .send({ decision: 'hold' })
            .expect(200);
        const record = { taken: [] as Taken[], endings: [] as Ending[] };
        await Promise.all(
          lists.map(async (steps, who) => {
            const run = createModerator(who, record, sids);
            for (const [step, pick] of steps) await run(step, pick);
          }),
        );
        claims += record.taken.length;
        await checkClaims(record);
        await checkQueues(sids);
      },
    ),
    {
      numRuns: RUNS,
      // Runs that make the lists of a failure shorter are included.
      interruptAfterTimeLimit: LIMIT_MS,
      seed: Number(process.env.SEED ?? 20_261_129),
    },
  );
  // It is no use when there is nothing to take.
  expect(claims).toBeGreaterThan(RUNS * ITEMS);
});

async function checkClaims({ taken, endings }: { taken: Taken[]; endings: Ending[] }) {
  for (const [, ofMedia] of Map.groupBy(taken, ({ mediaSid }) => mediaSid)) {
    const inOrder = ofMedia.toSorted((a, b) => a.createdAt - b.createdAt);
    for (const [n, claim] of inOrder.entries()) {
      const before = inOrder[n - 1];
      if (before === undefined) continue;
      const told = JSON.stringify({ before, claim });
      expect(claim.createdAt, told).toBeGreaterThanOrEqual(earliestEnd(before, endings) - 1);
    }
  }
}

/** Each attachment is where its state says, and somebody who has skipped nothing is offered all of them. */
async function checkQueues(sids: string[]) {
  const media = await Promise.all(
    sids.map(async (sid) => (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body),
  );
  const held = media.filter(({ moderation }) => moderation === 'held').map(({ sid }) => sid);
  const listed = { held: await sidsIn('held'), escalated: await sidsIn('escalated') };
  expect([...listed.held, ...listed.escalated].toSorted()).toEqual(held.toSorted());
  const { body } = await inbox.api('get', '/api/v1/claims').expect(200);
  for (const { id } of body.items) await inbox.api('delete', `/api/v1/claims/${id}`);
  for (const queue of ['held', 'escalated'] as const) {
    // One that a job has locked at the moment is passed over, and offered when there is no other: so what was offered is
    // skipped, which leaves the others in their places.
    const offered: string[] = [];
    for (;;) {
      const answer = await callAs(MODERATORS, 'post', '/api/v1/claims/next').send({ queue });
      if (answer.status === 204) break;
      expect(answer.status).toBe(201);
      offered.push(answer.body.mediaSid);
      const path = `/api/v1/claims/${answer.body.id}?skipped=true`;
      await callAs(MODERATORS, 'delete', path).expect(204);
    }
    expect(offered.toSorted()).toEqual(listed[queue].toSorted());
  }
}

/** Empties the queues of a run, also of one that has failed: lists that are made shorter begin with none. */
async function approveHeld() {
  const { body } = await inbox.api('get', '/api/v1/media?moderation=held&limit=200').expect(200);
  for (const { sid } of body.items) {
    await inbox
      .api('post', `/api/v1/media/${sid}/decision`)
      .send({ decision: 'approve' })
      .expect(200);
  }
}
