import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, runInboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

let twilio: TwilioSimulator;
let database: TestDatabase;
let inbox: InboxProcess | undefined;
let env: Record<string, string>;

beforeEach(async () => {
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  database = await createTestDatabase();
  env = inboxEnv(database, twilio);
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await twilio.stop();
  await database.remove();
});

async function receive(count: number): Promise<string[]> {
  const attachments = [await sampleAttachment('landscape')];
  const messages = Array.from({ length: count }, () => twilio.createMessage({ attachments }));
  const answers = await Promise.all(
    messages.map((message) => twilio.deliver(message, { url: `${inbox?.url}/twilio/incoming` })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
  return messages.map(({ sid }) => sid);
}

async function messageStates(): Promise<Record<string, string[]>> {
  const response = await fetch(`${inbox?.url}/api/v1/messages?limit=200`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const { items } = (await response.json()) as {
    items: { sid: string; media: { state: string }[] }[];
  };
  return Object.fromEntries(items.map(({ sid, media }) => [sid, media.map(({ state }) => state)]));
}

test('kill -9 right after the answer: after a restart every message is there and its media stored', async () => {
  inbox = await startInboxProcess(env);
  const sids = await receive(20);
  await inbox.end('SIGKILL');

  inbox = await startInboxProcess(env);
  await eventually(async () => {
    expect(await messageStates()).toEqual(Object.fromEntries(sids.map((sid) => [sid, ['stored']])));
  }, 60_000);
}, 120_000);

test('SIGTERM in the middle of a download: ends with 0, and the next start stores the media', async () => {
  const { bytes, contentType } = await sampleAttachment('landscape');
  inbox = await startInboxProcess(env);
  const message = twilio.createMessage({
    attachments: [
      { bytes, contentType, faults: [{ kind: 'slow', bytesPerSecond: 2000, times: 1 }] },
    ],
  });
  await twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  await eventually(async () => {
    expect(twilio.requests.some(({ server }) => server === 'media')).toBe(true);
  });
  expect(await inbox.end('SIGTERM')).toBe(0);
  expect(inbox.output()).toContain('job handed back');

  inbox = await startInboxProcess(env);
  await eventually(async () => {
    expect(await messageStates()).toEqual({ [message.sid]: ['stored'] });
  }, 60_000);
}, 120_000);

test('a second process on the same embedded folder gets a clear error and does no harm', async (context) => {
  if (database.databaseUrl !== undefined) context.skip('the folder holds no database here');
  inbox = await startInboxProcess(env);
  const second = await runInboxProcess(env);
  expect(second.code).toBe(1);
  expect(second.output).toContain('Another mms-inbox process is using the data folder');
  const [sid] = await receive(1);
  await eventually(async () => {
    expect(await messageStates()).toEqual({ [sid ?? '']: ['stored'] });
  });
});

test('a port that is in use is told, and nothing else', async () => {
  const { port } = new URL(twilio.apiBaseUrl);
  const { code, output } = await runInboxProcess({ ...env, HOST: '127.0.0.1', PORT: port });
  expect(code).toBe(1);
  expect(output).toContain(`port ${port} is in use: stop what listens there, or set another PORT`);
  expect(output).not.toMatch(/crashed|"stack"/);
});

test('kill -9 ends the processes that decode, too', async (context) => {
  if (!existsSync('/proc/self/status')) context.skip('this system does not list its processes');
  inbox = await startInboxProcess(env);
  await receive(2);
  const decoders = await eventually(async () => {
    const found = childrenOf(inbox?.child.pid);
    expect(found.length).toBeGreaterThan(0);
    return found;
  });
  await inbox.end('SIGKILL');
  await eventually(async () => {
    expect(decoders.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
});

function childrenOf(parent: number | undefined): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${parent}\n`);
    } catch {
      // Gone while it was looked at.
      return false;
    }
  });
}
