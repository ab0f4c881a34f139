import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import {
  type PreviousVersion,
  previousVersion,
  unpackVersion,
} from '../support/previous-version.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';

// Skipped without PostgreSQL's programs, and where the history does not have the version before this one.
const before = await previousVersion();
const bin = before === undefined ? null : findPostgres();
let previous: PreviousVersion;
let cluster: PostgresCluster;
let files: TestDatabase;
let twilio: TwilioSimulator;
let env: Record<string, string>;
const processes: InboxProcess[] = [];

beforeAll(async () => {
  if (bin === null || before === undefined) return;
  [previous, cluster, files, twilio] = await Promise.all([
    unpackVersion(before),
    startPostgresCluster(bin),
    createTestDatabase(),
    startTwilioSimulator({ accounts: [ACCOUNT] }),
  ]);
  env = {
    ...inboxEnv({ dataDir: join(files.dataDir, 'rolling'), databaseUrl: cluster.url }, twilio),
    PREVIEW_CONCURRENCY: '1',
    GALLERY: 'off',
  };
}, 240_000);
afterAll(async () => {
  for (const process of processes) await process.end('SIGKILL');
  await twilio?.stop();
  await files?.remove();
  await cluster?.remove();
  await previous?.remove();
});

async function start(folder?: string): Promise<InboxProcess> {
  const process = await startInboxProcess(env, folder);
  processes.push(process);
  return process;
}

function call({ url }: InboxProcess, path: string, method = 'GET', body?: object) {
  return fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

let sent = 0;

async function send({ url }: InboxProcess): Promise<string> {
  sent += 1;
  const attachments = [{ bytes: Buffer.from(`note ${sent}`), contentType: 'text/plain' }];
  const message = twilio.createMessage({ body: `text ${sent}`, attachments });
  expect((await twilio.deliver(message, { url: `${url}/twilio/incoming` })).status).toBe(200);
  return message.sid;
}

/** The attachments of messages, once the process shows all of them as stored. */
function storedMedia(inbox: InboxProcess, sids: readonly string[]): Promise<string[]> {
  return eventually(async () => {
    const response = await call(inbox, '/api/v1/messages?limit=200');
    const { items } = (await response.json()) as {
      items: { sid: string; media: { sid: string; state: string }[] }[];
    };
    expect(items.map(({ sid }) => sid).sort()).toEqual(sids.toSorted());
    const media = items.flatMap((item) => item.media);
    expect(media.map(({ state }) => state)).toEqual(sids.map(() => 'stored'));
    return media.map(({ sid }) => sid);
  }, 120_000);
}

test.skipIf(bin === null)(
  'the version before and this one work side by side on one database, either way',
  async () => {
    const old = await start(previous.folder);
    const sids = [await send(old), await send(old)];
    await storedMedia(old, sids);

    // The first process of this version migrates the database, while the other one works on it.
    const current = await start();
    for (let n = 0; n < 4; n += 1) sids.push(await send(old), await send(current));
    const media = await storedMedia(old, sids);
    expect((await storedMedia(current, sids)).toSorted()).toEqual(media.toSorted());

    const [first = '', second = '', third = ''] = media;
    expect((await call(old, `/api/v1/media/${first}`, 'DELETE')).status).toBe(204);
    expect((await call(current, `/api/v1/media/${second}`, 'DELETE')).status).toBe(204);
    for (const inbox of [old, current]) {
      for (const sid of [first, second]) {
        expect((await call(inbox, `/api/v1/media/${sid}`)).status).toBe(404);
      }
    }
    const decision = `/api/v1/media/${third}/decision`;
    expect((await call(old, decision, 'POST', { decision: 'hold' })).status).toBe(200);
    const held = await (await call(current, `/api/v1/media/${third}`)).json();
    expect(held).toMatchObject({ moderation: 'held' });
    expect((await call(current, decision, 'POST', { decision: 'approve' })).status).toBe(200);
    const approved = await (await call(old, `/api/v1/media/${third}`)).json();
    expect(approved).toMatchObject({ moderation: 'visible' });

    expect(await old.end('SIGTERM')).toBe(0);
    const last = await send(current);
    await storedMediaOf(current, last);

    // And back: the version before starts on the migrated database.
    expect(await current.end('SIGTERM')).toBe(0);
    const back = await start(previous.folder);
    await storedMediaOf(back, last);
    await storedMediaOf(back, await send(back));
    for (const sid of [first, second]) {
      expect((await call(back, `/api/v1/media/${sid}`)).status).toBe(404);
    }
    for (const inbox of [old, current, back]) expect(errorsOf(inbox)).toEqual([]);
  },
  420_000,
);

function storedMediaOf(inbox: InboxProcess, messageSid: string): Promise<void> {
  return eventually(async () => {
    const response = await call(inbox, `/api/v1/messages/${messageSid}`);
    const { media } = (await response.json()) as { media: { state: string }[] };
    expect(media.map(({ state }) => state)).toEqual(['stored']);
  }, 120_000);
}

/** Log lines of a failure; a busy machine may spool a message meanwhile. */
function errorsOf(inbox: InboxProcess): string[] {
  return inbox
    .output()
    .split('\n')
    .filter((line) => /"level":(50|60)/.test(line) && !line.includes('it is spooled'));
}
