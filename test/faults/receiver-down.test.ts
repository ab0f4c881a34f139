import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScenario, note, type Scenario } from './scenario.ts';

// What Twilio received in this time is asked for at the start; none of it is older than an hour here.
const SWEEPS = { RECONCILE_INTERVAL_MINUTES: '60' };
const MISSED = 50;

let scenario: Scenario;
beforeEach(async () => {
  scenario = await createScenario();
});
afterEach(() => scenario.stop());

// The same in all: what is shown is that they are here, not how their previews are made.
const attachment = note();

async function sendAll(count: number): Promise<{ sids: string[]; statuses: number[] }> {
  const sent = await Promise.all(Array.from({ length: count }, () => scenario.send(attachment)));
  return { sids: sent.map(({ sid }) => sid), statuses: sent.map(({ status }) => status) };
}

async function reconciledCount(): Promise<number> {
  const text = await (await fetch(`${scenario.inbox.url}/metrics`)).text();
  return Number(/^mms_inbox_reconciled_messages_total (\d+)$/m.exec(text)?.[1]);
}

test.each([
  ['stopped', 'SIGTERM'],
  ['killed', 'SIGKILL'],
] as const)(
  'a receiver that was %s for the time of 50 messages brings them in when it starts',
  async (_how, signal) => {
    // Without sweeps, which may be quicker than the webhook of the same message.
    await scenario.start();
    const before = await sendAll(5);
    expect(before.statuses).toEqual(Array(5).fill(200));
    // Those that were answered right before are here as well, whatever became of them then.
    await scenario.inbox.end(signal);
    const missed = await sendAll(MISSED);
    expect(missed.statuses).toEqual(Array(MISSED).fill(0));

    const began = performance.now();
    await scenario.start(SWEEPS);
    const after = await sendAll(5);
    expect(after.statuses).toEqual(Array(5).fill(200));
    await scenario.allStored([...before.sids, ...missed.sids, ...after.sids], 60_000);
    const seconds = Math.round((performance.now() - began) / 100) / 10;

    const found = await scenario.messages();
    const sourceOf = (sid: string) => found.find((message) => message.sid === sid)?.source;
    expect(missed.sids.map(sourceOf)).toEqual(Array(MISSED).fill('reconcile'));
    expect(before.sids.map(sourceOf)).toEqual(Array(5).fill('webhook'));
    // Of those after the start either the sweep or the webhook was first.
    const swept = found.filter(({ source }) => source === 'reconcile').length;
    expect(await reconciledCount()).toBe(swept);
    console.log(
      `receiver ${signal}: ${MISSED} messages without an answer, ${swept} taken in, ` +
        `${found.length} stored once each, ${seconds} s after the start`,
    );
  },
  120_000,
);
