import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import { NO_CREDENTIALS } from '../support/s3/no-credentials.ts';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const THUMBNAILS = 3;

// Outages take their time, and what is left to be done afterwards.
vi.setConfig({ testTimeout: 240_000 });

let s3: StrictS3;
let inbox: TestInbox;
beforeEach(async () => {
  s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  inbox = await startTestInbox({ BLOB_STORE_URL: s3.url });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await inbox.stop();
  await s3.stop().catch(() => undefined);
});

/** Receives messages with one note each, all with other bytes. @returns their sids */
async function receive(count: number, from = 0): Promise<string[]> {
  const sids: string[] = [];
  for (let number = from; number < from + count; number += 1) {
    const attachments = [await sampleAttachment('note', number)];
    const { message, answer } = await inbox.receive({ attachments });
    expect(answer.status).toBe(200);
    sids.push(message.sid);
  }
  return sids;
}

/** Waits until all are stored, and compares the bucket with the rows: every file is there, and no other. */
async function expectAllStored(messageSids: readonly string[]): Promise<void> {
  const hashes = new Set<string>();
  for (const sid of messageSids) {
    const media = await eventually(() => inbox.mediaOf(sid, 'stored'), 120_000);
    for (const { sid: mediaSid, sha256 } of media) {
      hashes.add(String(sha256));
      await inbox.api('get', `/api/v1/media/${mediaSid}/content`).expect(200);
      await inbox.api('get', `/api/v1/media/${mediaSid}/thumbnail?size=large`).expect(200);
    }
  }
  const names = (folder: string) =>
    [...s3.objects().keys()].flatMap((key) => {
      const [, sha256] = new RegExp(`^mms/${folder}/../([0-9a-f]{64})-`).exec(key) ?? [];
      return sha256 ?? [];
    });
  // What could not be removed while the store was out goes a moment after it works again.
  await eventually(async () => {
    expect(names('blobs').toSorted()).toEqual([...hashes].toSorted());
    const each = [...hashes].flatMap((sha256) => Array<string>(THUMBNAILS).fill(sha256));
    expect(names('previews').toSorted()).toEqual(each.toSorted());
  });
  expect(s3.openUploads()).toBe(0);
}

const outages = () =>
  inbox.logLines.flatMap((line) => {
    const { msg } = JSON.parse(line) as { msg: string };
    return msg.startsWith('the blob store') ? [msg] : [];
  });

async function readyz(): Promise<string> {
  const { body } = await inbox.api('get', '/readyz').expect(200);
  return String(body.parts.blobs);
}

test('a store that is down for ten seconds under load: webhooks are answered, nothing is lost', async () => {
  const sids = await receive(5);
  await expectAllStored(sids);
  await s3.stop();
  const down = Date.now();
  sids.push(...(await receive(40, 5)));
  await eventually(async () =>
    expect(await readyz()).toMatch(/cannot be reached.*attachments wait/),
  );
  const waiting = await inbox.mediaOf(sids.at(-1) ?? '', 'pending');
  expect(waiting[0]?.attempts).toBe(0);
  await inbox.api('get', '/healthz').expect(200);
  await wait(Math.max(0, down + 10_000 - Date.now()));
  await s3.start();
  await expectAllStored(sids);
  expect(await readyz()).toBe('ok');
  expect(outages()).toEqual([
    'the blob store does not work: it is tried again until it does',
    'the blob store works again',
  ]);
});

test('503 SlowDown and cut connections under load: everything is stored once', async () => {
  s3.fail(/^PUT/, { status: 503, code: 'SlowDown' }, 15);
  const sids = await receive(20);
  s3.fail(/^PUT/, 'cut', 10);
  sids.push(...(await receive(10, 20)));
  await expectAllStored(sids);
});

test('an upload that takes long holds up no other', async () => {
  s3.fail(/^POST .*uploads/, 'held');
  const bytes = randomBytes(9 * 1024 ** 2);
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'application/octet-stream' }],
  });
  await eventually(async () => {
    expect(s3.requests).toContainEqual(expect.stringMatching(/^POST .*uploads/));
  });
  const sids = await receive(3);
  for (const sid of sids) await inbox.mediaOf(sid, 'stored');
  await inbox.mediaOf(message.sid, 'pending');
  s3.mend();
  await expectAllStored([message.sid, ...sids]);
});

test.each([
  [
    'wrong',
    { AWS_SECRET_ACCESS_KEY: 'wrong' },
    'The secret access key is wrong (SignatureDoesNotMatch)',
  ],
  [
    'no',
    NO_CREDENTIALS,
    'No credentials are found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a role (CredentialsProviderError)',
  ],
])(
  '%s credentials: webhooks are answered, and everything is stored once they are right',
  async (_what, env, problem) => {
    inbox.logLines.length = 0;
    await inbox.restart({}, async () => {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    });
    const sids = await receive(5);
    await eventually(async () => {
      const [media] = await inbox.mediaOf(sids[0] ?? '', 'pending');
      expect(media?.reason).toBe(problem);
    });
    expect(await readyz()).toContain(problem);
    expect(outages()).toEqual(['the blob store does not work: it is tried again until it does']);
    expect(inbox.logLines.join('')).toContain(`"problem":"${problem}"`);
    await inbox.restart({}, async () => {
      for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    });
    await expectAllStored(sids);
  },
);

test('a delete is confirmed only once the object and its versions are gone', async () => {
  s3.bucket = 'locked';
  const [sid = ''] = await receive(1);
  const [media] = await inbox.mediaOf(sid, 'stored');
  const path = `/api/v1/media/${media?.sid}`;
  const { headers } = await inbox.api('delete', path).expect(503);
  await inbox.api('get', `${path}/content`).expect(404);
  const record = String(headers.location);
  const { body } = await inbox.api('get', `${record}/targets`).expect(200);
  expect(body.items).toMatchObject([
    { local: 'retrying', reason: expect.stringContaining('Versions of the object stay') },
  ]);
  s3.bucket = 'versioned';
  await inbox.api('post', `${record}/retry`).expect(202);
  await eventually(async () => expect(s3.versions()).toBe(0));
  await eventually(async () => {
    const { body: ended } = await inbox.api('get', `${record}/targets`).expect(200);
    expect(ended.items).toMatchObject([{ local: 'done', previews: 'done' }]);
  });
});
