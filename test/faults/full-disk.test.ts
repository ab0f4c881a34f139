import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import { fixturePath } from '../support/fixtures.ts';
import { ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { createScenario, note, type Scenario, type Sent } from './scenario.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

const KIB = 1024;
const MIB = 1024 ** 2;
// Long beside the seconds between two looks at the disk, for machines that are slow.
const RECOVERY_MS = 60_000;

interface Ready {
  status: string;
  parts: Record<string, string>;
}

let disk: SmallDisk;
let scenario: Scenario;
beforeEach(async (context) => {
  const mounted = await mountSmallDisk(192);
  if (mounted === null) return context.skip('this user may not mount a small disk');
  disk = mounted;
  scenario = await createScenario();
});
afterEach(async () => {
  await scenario?.stop();
  await disk?.remove();
});

// The same in all: what is shown is that they come, not how their previews are made.
const attachment = note();

async function sendAll(count: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let n = 0; n < count; n += 1) sent.push(await scenario.send(attachment));
  return sent;
}

const answered = (sent: Sent[]) =>
  sent.filter(({ status }) => status === 200).map(({ sid }) => sid);

/** A message of a text alone, of so many characters. */
const sendText = (length: number) =>
  scenario.deliver({ body: randomBytes(length / 2).toString('hex'), attachments: [] });

async function ready(): Promise<Ready> {
  return (await scenario.api<Ready>('/readyz')).body;
}

test.each([
  ['read-only', (on: boolean) => disk.setReadOnly(on), 'The disk is read-only'],
  [
    'full',
    (on: boolean) => (on ? disk.fill(0) : disk.makeRoom()),
    'There is no room left on the disk',
  ],
] as const)(
  'a blob store that is %s: all webhooks answered 200, media wait and say why, and come by themselves',
  async (how, spoil, reason) => {
    await scenario.start({ BLOB_STORE_URL: `file://${disk.folder}` });
    const before = await sendAll(2);
    await scenario.allStored(answered(before), RECOVERY_MS);

    await spoil(true);
    const during = await sendAll(10);
    expect(answered(during)).toHaveLength(10);
    await eventually(async () => {
      const media = (await scenario.messages()).flatMap((message) => message.media);
      const waiting = media.filter(({ state }) => state === 'pending');
      expect(waiting.map((one) => one.reason)).toEqual(Array(10).fill(reason));
      // No try of Twilio's, and no day that runs out.
      expect(waiting.map(({ attempts }) => attempts)).toEqual(Array(10).fill(0));
    });
    const response = await scenario.api<Ready>('/readyz');
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      status: 'degraded',
      parts: { blobs: `degraded: ${reason}; attachments wait` },
    });

    await spoil(false);
    const mended = performance.now();
    await scenario.allStored(answered([...before, ...during]), RECOVERY_MS);
    const seconds = Math.round((performance.now() - mended) / 1000);
    await eventually(async () => expect((await ready()).status).toBe('ready'));
    const lines = scenario.inbox.output().split('\n');
    const telling = (text: string) => lines.filter((line) => line.includes(text));
    expect(telling('attachments wait: their files cannot be written')).toHaveLength(1);
    expect(telling('media not fetched')).toEqual([]);
    console.log(
      `blob store ${how}: 10 of 10 webhooks answered 200, 10 waited with "${reason}", ` +
        `12 of 12 stored ${seconds} s after it was mended`,
    );
  },
  180_000,
);

test('renditions wait for room, leave it to attachments, and are made when there is some', async () => {
  await disk.remove();
  const large = await mountSmallDisk(1024);
  if (large === null) throw new Error('a second disk cannot be mounted');
  disk = large;
  await scenario.start({ BLOB_STORE_URL: `file://${disk.folder}`, PREVIEW_CONCURRENCY: '1' });
  const photo = { bytes: await readFile(fixturePath('photo.jpg')), contentType: 'image/jpeg' };
  await scenario.allStored(answered([await scenario.send(photo)]), RECOVERY_MS);
  const [message] = await scenario.messages();
  const path = `/api/v1/media/${message?.media[0]?.sid}/rendition?as=picture`;

  // More than attachments need, less than a rendition may take.
  await disk.fill(200 * MIB);
  await eventually(async () => {
    const { status, body } = await scenario.api<{ reason: string }>(path);
    expect([status, body.reason]).toEqual([202, 'There is no room left on the disk']);
  });
  const during = await sendAll(2);
  await scenario.allStored([String(message?.sid), ...answered(during)], RECOVERY_MS);
  const folders = await readdir(join(disk.folder, 'renditions')).catch(() => []);
  expect(folders).toEqual([]);

  await disk.makeRoom();
  await eventually(async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const { status } = await fetch(scenario.inbox.url + path, { headers });
    expect(status).toBe(200);
  }, RECOVERY_MS);
}, 180_000);

test('a spool is not writable on a disk where only a small message would find room', async () => {
  const folder = join(disk.folder, 'spool');
  const spool = await openMessageSpool(folder, 100 * MIB);
  await disk.fill(40 * KIB);
  await expect(spool.checkWritable()).rejects.toMatchObject({ code: 'unavailable' });
  await writeFile(join(folder, 'small'), 'x');
  await disk.makeRoom();
  await spool.checkWritable();
});

test('all data on a full disk: 200 or 503 at once, nothing acknowledged is lost, it goes on by itself', async () => {
  await scenario.start({ DATA_DIR: disk.folder, DATABASE_URL: '' });
  const before = await sendAll(5);
  await scenario.allStored(answered(before), RECOVERY_MS);

  await disk.fill(300 * KIB);
  const during: Sent[] = [];
  // Until nothing more finds room, and a little longer.
  while (during.filter(({ status }) => status === 503).length < 20) {
    during.push(await sendText(8 * KIB));
  }
  const refused = during.filter(({ status }) => status !== 200);
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  const pauses = refused.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  expect(pauses[Math.floor(pauses.length / 2)]).toBeLessThan(1000);
  const response = await scenario.api<Ready>('/readyz');
  expect(response.status).toBe(503);

  await disk.makeRoom();
  const after = await eventually(async () => {
    const one = await scenario.send(attachment);
    expect(one.status).toBe(200);
    return one;
  });
  await scenario.allStored(answered([...before, ...during, after]), RECOVERY_MS);
  console.log(
    `all data on a full disk: ${during.length} webhooks, ${answered(during).length} answered 200, ` +
      `the others 503; all ${answered([...before, ...during, after]).length} acknowledged stored`,
  );
}, 180_000);

test('a disk too full for the log of the embedded database: it ends and says so, the next start loses nothing', async () => {
  const env = { DATA_DIR: disk.folder, DATABASE_URL: '' };
  await scenario.start(env);
  const sent = await sendAll(5);
  // Room for rows, not for the next 16 MiB of its log, which takes all that the rows take and more.
  await disk.fill(15.5 * MIB);
  const ended = new Promise<number | null>((exit) => scenario.inbox.child.once('exit', exit));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && sent.length < 1000) {
    sent.push(...(await Promise.all(Array.from({ length: 5 }, () => sendText(24 * KIB)))));
  }
  expect(isOver).toBe(true);
  expect(await ended).toBe(1);
  expect(scenario.inbox.output()).toContain('the embedded database has died');

  const hopeless = await scenario.run(env);
  expect(hopeless.code).toBe(1);
  expect(hopeless.output).toMatch(/database does not start: its disk has \d+ MiB left/);

  await disk.makeRoom();
  await scenario.start(env);
  const known = answered(sent);
  await eventually(async () => {
    const found = (await scenario.messages()).map(({ sid }) => sid);
    expect(known.filter((sid) => !found.includes(sid))).toEqual([]);
  }, RECOVERY_MS);
  console.log(
    `no room for the log: ended with 1 after ${sent.length} webhooks; ` +
      `all ${known.length} acknowledged are there after the next start`,
  );
}, 180_000);
