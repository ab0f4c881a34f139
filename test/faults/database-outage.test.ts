import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';

const bin = findPostgres();
let twilio: TwilioSimulator;
let cluster: PostgresCluster | undefined;
let inbox: InboxProcess | undefined;
let dataDir: string;
let env: Record<string, string>;

beforeEach(async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL to stop');
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  cluster = await startPostgresCluster(bin);
  dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-outage-'));
  env = inboxEnv({ dataDir, databaseUrl: cluster.url }, twilio);
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  inbox = undefined;
  await cluster?.remove();
  await twilio?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

/** @returns the sids in the order of their answers, and the statuses */
async function send(count: number): Promise<{ sids: string[]; statuses: number[] }> {
  const attachments = [await sampleAttachment('note')];
  const sids: string[] = [];
  const statuses: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const message = twilio.createMessage({ attachments });
    const answer = await twilio.deliver(message, { url: `${inbox?.url}/twilio/incoming` });
    statuses.push(answer.status ?? 0);
    sids.push(message.sid);
  }
  return { sids, statuses };
}

async function api(path: string) {
  const response = await fetch(`${inbox?.url}${path}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  return { status: response.status, body: await response.json() };
}

async function expectStored(sids: string[]): Promise<void> {
  await eventually(async () => {
    const { body } = await api('/api/v1/messages?limit=200');
    const found = body.items.map(({ sid }: { sid: string }) => sid).toSorted();
    expect(found).toEqual(sids.toSorted());
    const states = body.items.flatMap(({ media }: { media: { state: string }[] }) =>
      media.map(({ state }) => state),
    );
    expect(states).toEqual(Array(sids.length).fill('stored'));
  }, 60_000);
}

const spooled = async () =>
  (await readdir(join(dataDir, 'spool'))).filter((name) => name.endsWith('.json')).length;

test.each(['fast', 'immediate'] as const)(
  'PostgreSQL stopped (%s) under load: every webhook 200, the spool drained, none lost or doubled',
  async (mode) => {
    inbox = await startInboxProcess(env);
    const before = await send(20);
    const during = send(60);
    await cluster?.stop(mode);
    const { sids, statuses } = await during;
    const whileDown = await send(10);
    expect([...before.statuses, ...statuses, ...whileDown.statuses]).toEqual(Array(90).fill(200));
    expect(await spooled()).toBeGreaterThan(9);
    const ready = await api('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({
      status: 'degraded',
      parts: { database: expect.stringContaining('webhooks are spooled') },
    });
    const inSpool = await spooled();
    await cluster?.start();
    const began = performance.now();
    await expectStored([...before.sids, ...sids, ...whileDown.sids]);
    const seconds = Math.round((performance.now() - began) / 1000);
    expect(await spooled()).toBe(0);
    console.log(
      `${mode}: 90 webhooks, 90 answered 200, ${inSpool} of them spooled, 90 stored ${seconds} s after its start`,
    );
  },
  180_000,
);

test('a restart while the spool is full of messages drains it', async () => {
  inbox = await startInboxProcess(env);
  await cluster?.stop('fast');
  const { sids, statuses } = await send(20);
  expect(statuses).toEqual(Array(20).fill(200));
  await inbox.end('SIGKILL');
  await cluster?.start();
  inbox = await startInboxProcess(env);
  await expectStored(sids);
}, 180_000);

test('500 deliveries of one message wait as one, another text under its sid beside it', async () => {
  inbox = await startInboxProcess(env);
  await cluster?.stop('fast');
  const message = twilio.createMessage({ body: 'first', attachments: [] });
  const changed = { ...message, params: { ...message.params, Body: 'second' } };
  const url = `${inbox.url}/twilio/incoming`;
  const deliver = async (count: number, delivered: typeof message) => {
    const answers = await Promise.all(
      Array.from({ length: count }, () => twilio.deliver(delivered, { url })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  };
  for (let n = 0; n < 10; n += 1) await deliver(50, message);
  expect(await spooled()).toBe(1);
  await deliver(50, changed);
  expect(await spooled()).toBe(2);
  await cluster?.start();
  await eventually(async () => expect(await spooled()).toBe(0));
  const { body } = await api('/api/v1/messages');
  expect(body.items).toMatchObject([{ sid: message.sid, body: 'first' }]);
}, 180_000);

test('neither database nor spool: 503 at once, so that Twilio calls the fallback', async () => {
  inbox = await startInboxProcess(env);
  await cluster?.stop('fast');
  expect((await send(1)).statuses).toEqual([200]);
  await rm(join(dataDir, 'spool'), { recursive: true });
  await writeFile(join(dataDir, 'spool'), 'a file in its place');
  const message = twilio.createMessage({ attachments: [] });
  const answer = await twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  expect(answer.status).toBe(503);
  expect(answer.milliseconds).toBeLessThan(1000);
  expect((await api('/readyz')).status).toBe(503);
}, 120_000);
