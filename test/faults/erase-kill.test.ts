import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readInboundMessage } from '../../src/inbound/inbound-message.ts';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { findCopies } from '../support/find-copies.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const NUMBER = '15550006101';
const ADDRESS = `+${NUMBER}`;
const COUNT = 40;
// Beside a suite that has the processor, a start behind a kill takes 15 s and the tombstones as long.
const DEADLINE_MS = 120_000;

let files: TestDatabase;
let inbox: InboxProcess | undefined;
let env: Record<string, string>;
let twilio: TwilioSimulator;
// Each starts two processes, and has two deadlines: what is late says so by itself.
vi.setConfig({ testTimeout: 300_000 });
beforeEach(async () => {
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  files = await createTestDatabase();
  env = inboxEnv(files, twilio);
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await files.remove();
  await twilio.stop();
});

const sidOf = (n: number) => `SM${n.toString(16).padStart(32, '0')}`;
const spooled = async () =>
  (await readdir(join(files.dataDir, 'spool'))).filter((name) => name.endsWith('.json'));

async function fillSpool(): Promise<void> {
  const spool = await openMessageSpool(join(files.dataDir, 'spool'), 10_000_000);
  for (let n = 0; n < COUNT; n += 1) {
    const from = n % 2 === 0 ? ADDRESS : `whatsapp:${ADDRESS}`;
    const params = { MessageSid: sidOf(n), AccountSid: ACCOUNT.sid, From: from, Body: 'words' };
    await spool.write(readInboundMessage(params, twilio.apiBaseUrl, new Date(), 'webhook'));
  }
}

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  return fetch(inbox?.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const erase = () => call('POST', '/api/v1/senders/erasures', { address: ADDRESS });

/** One deadline for all of it: what takes longest depends on where the process was killed. */
async function expectAllErased(): Promise<void> {
  const waiting = new Set(Array.from({ length: COUNT }, (_, n) => sidOf(n)));
  await eventually(async () => {
    for (const sid of waiting) {
      const answer = await call('GET', `/api/v1/messages/${sid}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ from: null, body: null });
      waiting.delete(sid);
    }
    expect(await spooled()).toEqual([]);
    const deleted = twilio.requests.filter(({ method }) => method === 'DELETE');
    expect(new Set(deleted.map(({ path }) => path)).size).toBe(COUNT);
    expect(await findCopies(files, Buffer.from(NUMBER))).toEqual([]);
  }, DEADLINE_MS);
}

test('kill -9 right behind the answer: what was spooled comes back as tombstones alone', async () => {
  inbox = await startInboxProcess(env);
  await fillSpool();
  expect((await erase()).status).toBe(202);
  await inbox.end('SIGKILL');
  inbox = await startInboxProcess(env);
  await expectAllErased();
});

test('kill -9 when the first of the files is gone: nobody has to ask again', async () => {
  inbox = await startInboxProcess(env);
  await fillSpool();
  const cutOff = erase().catch(() => undefined);
  while ((await spooled()).length === COUNT) await setImmediate();
  await inbox.end('SIGKILL');
  await cutOff;
  inbox = await startInboxProcess(env);
  await expectAllErased();
});

test.each([5, 20, 60])('kill -9 %d ms into an erasure, which is asked for again', async (ms) => {
  inbox = await startInboxProcess(env);
  await fillSpool();
  const cutOff = erase().catch(() => undefined);
  await wait(ms);
  await inbox.end('SIGKILL');
  await cutOff;
  inbox = await startInboxProcess(env);
  await eventually(async () => expect((await erase()).status).toBe(202), DEADLINE_MS);
  await expectAllErased();
});
