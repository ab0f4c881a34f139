import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ActItem } from '../../src/moderation/acts/act-schemas.ts';
import { endedAct, importNotes } from '../support/acts.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const KINDS = ['approve', 'hold', 'quarantine', 'delete'] as const;

/** An act, and when it is taken back, by which process, in milliseconds before or after it is due. */
const plan = fc.record({
  act: fc.constantFrom(...KINDS),
  by: fc.boolean(),
  cancels: fc.array(
    fc.record({ afterDue: fc.integer({ min: -700, max: 700 }), by: fc.boolean() }),
    {
      maxLength: 3,
    },
  ),
});

// Several processes need a server between them.
describe.skipIf('tarFile' in inject('databaseTemplate'))(
  'two inboxes on one database',
  { timeout: 150_000 },
  () => {
    let inbox: TestInbox;
    let other: InboxProcess;
    let env: Record<string, string>;
    beforeAll(async () => {
      inbox = await startTestInbox();
      env = { ...inboxEnv(inbox, inbox.twilio), PREVIEW_CONCURRENCY: '1' };
      other = await startInboxProcess(env);
    });
    afterAll(async () => {
      await other.end('SIGTERM');
      await inbox.stop();
    });

    const call = (isOther: boolean, method: 'get' | 'post' | 'delete', path: string) =>
      checkedRequest(isOther ? other.url : inbox.url, method, path).set(
        'Authorization',
        `Bearer ${ADMIN_KEY}`,
      );

    async function begin(isOther: boolean, mediaSid: string, act: string): Promise<ActItem> {
      const request = { mediaSid, act, delaySeconds: 2 };
      return (await call(isOther, 'post', '/api/v1/acts').send(request).expect(201)).body;
    }

    const audited = async (sid: string): Promise<string[]> => {
      const { body } = await call(false, 'get', `/api/v1/audit?target=${sid}`).expect(200);
      return body.items.map(({ action }: { action: string }) => action);
    };

    test('an act goes out once, or was taken back: whoever is first', async () => {
      const plans = fc.sample(plan, 40);
      const sids = await importNotes(inbox, 10);
      for (let n = 1; n < 4; n += 1) sids.push(...(await importNotes(inbox, 10)));
      for (const [n, { act }] of plans.entries()) {
        // So that each of them changes something.
        if (act !== 'approve') continue;
        const decision = `/api/v1/media/${sids[n]}/decision`;
        await call(false, 'post', decision).send({ decision: 'hold' }).expect(200);
      }
      const outcomes = { cancelled: 0, done: 0 };
      await Promise.all(
        plans.map(async ({ act, by, cancels }, n) => {
          const sid = String(sids[n]);
          const before = await audited(sid);
          const { id, runsAt } = await begin(by, sid, act);
          const due = Date.parse(String(runsAt));
          const answers = await Promise.all(
            cancels.map(async (cancel) => {
              const wait = Math.max(0, due + cancel.afterDue - Date.now());
              await new Promise((resume) => setTimeout(resume, wait));
              return (await call(cancel.by, 'delete', `/api/v1/acts/${id}`)).status;
            }),
          );
          const { state, changed } = await endedAct(
            (...to) => call(by, ...(to as ['get', string])),
            id,
          );
          const seen = { plan: plans[n], answers, state, changed };
          const is = state === 'cancelled' ? 204 : 409;
          expect(answers, JSON.stringify(seen)).toEqual(answers.map(() => is));
          const since = (await audited(sid)).slice(0, -before.length || undefined);
          const action = state === 'cancelled' ? 'act.cancel' : `media.${act}`;
          expect(since, JSON.stringify(seen)).toEqual([action]);
          expect(['cancelled', 'done']).toContain(state);
          outcomes[state as keyof typeof outcomes] += 1;
        }),
      );
      expect(outcomes.done).toBeGreaterThan(0);
      expect(outcomes.cancelled).toBeGreaterThan(0);
    });

    test('a process that is killed while acts are due loses none and repeats none', async () => {
      const sids = await importNotes(inbox, 10);
      sids.push(...(await importNotes(inbox, 10)));
      const acts = await Promise.all(
        sids.map((sid, n) => begin(true, sid, n % 2 === 0 ? 'delete' : 'hold')),
      );
      const due = Math.min(...acts.map(({ runsAt }) => Date.parse(String(runsAt))));
      await new Promise((resume) => setTimeout(resume, due + 150 - Date.now()));
      await other.end('SIGKILL');
      for (const { id, mediaSid, act } of acts) {
        const ended = await endedAct((...to) => call(false, ...(to as ['get', string])), id);
        expect(ended).toMatchObject({ state: 'done', changed: true });
        expect(await audited(mediaSid)).toEqual([`media.${act}`]);
      }
      other = await startInboxProcess(env);
    });
  },
);
