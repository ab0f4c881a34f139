import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { callAs } from '../support/call-as.ts';
import { blobKey, damageFile, removed } from '../support/damage-files.ts';
import { readZip } from '../support/read-zip.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receive(from: string, body: string, seeds: number[]): Promise<MediaItem[]> {
  const attachments = await Promise.all(
    seeds.map(async (seed) => ({ bytes: await smallPicture(seed), contentType: 'image/png' })),
  );
  const { message } = await inbox.receive({ from, body, attachments });
  return inbox.mediaOf(message.sid, 'stored');
}

/** The zip as it was sent, and what the headers said. */
async function download(body: object) {
  const response = await inbox
    .api('post', '/api/v1/senders/export')
    .send(body)
    .buffer(true)
    .parse((stream, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => done(null, Buffer.concat(chunks)));
    })
    .expect(200);
  const files = await readZip(response.body);
  const manifest = JSON.parse(String(files.get('manifest.json')));
  return { headers: response.headers, files, manifest };
}

test('everything of a sender, and nothing of others: bytes and a manifest', async () => {
  const from = '+15550003001';
  const [first, second] = await receive(from, 'two of them', [1, 2]);
  const [third] = await receive(from, 'and one', [3]);
  await receive('+15550003002', 'somebody else', [4]);
  await inbox.api('post', `/api/v1/media/${third?.sid}/decision`).send({ decision: 'quarantine' });

  const { headers, files, manifest } = await download({ address: from, reasonCode: 'request' });
  expect(headers['content-type']).toBe('application/zip');
  expect(headers['content-disposition']).toMatch(/^attachment; filename=sender-\w{12}\.zip$/);
  const media = [first, second, third];
  expect([...files.keys()].toSorted()).toEqual(
    ['manifest.json', ...media.map((item) => `media/${item?.sid}.png`)].toSorted(),
  );
  for (const [n, item] of media.entries()) {
    expect(files.get(`media/${item?.sid}.png`)?.equals(await smallPicture(n + 1))).toBe(true);
  }
  expect(manifest).toMatchObject({ address: from, exportedAt: expect.stringMatching(/Z$/) });
  const messages = manifest.messages.toSorted((a: MediaItem, b: MediaItem) =>
    a.receivedAt < b.receivedAt ? -1 : 1,
  );
  expect(messages).toMatchObject([
    {
      from,
      body: 'two of them',
      source: 'webhook',
      params: { From: from },
      media: [first, second].map((item) => ({
        sid: item?.sid,
        sha256: item?.sha256,
        byteSize: item?.byteSize,
        contentType: 'image/png',
        file: `media/${item?.sid}.png`,
        moderation: 'visible',
      })),
    },
    { body: 'and one', media: [{ sid: third?.sid, moderation: 'quarantined' }] },
  ]);
  const sizes = media.reduce((sum, item) => sum + Number(item?.byteSize), 0);
  expect(headers['x-media-bytes']).toBe(String(sizes));

  const { body: audit } = await inbox.api('get', '/api/v1/audit?action=sender.export').expect(200);
  expect(audit.items).toMatchObject([{ actor: 'ADMIN_API_KEY', reasonCode: 'request' }]);
  expect(JSON.stringify(audit)).not.toContain('5550003001');
});

test('the details of its messages, and the parameters as they were received', async () => {
  const from = 'whatsapp:+15550003005';
  const body = 'hello';
  const extra = { ProfileName: 'Ada', OtherRecipients0: '+15550003006', Latitude: '91' };
  await inbox.receive({ from, body, attachments: [], extra });
  const { manifest } = await download({ address: from });
  expect(manifest.messages).toMatchObject([
    {
      details: { channel: 'whatsapp', profileName: 'Ada', otherRecipients: ['+15550003006'] },
      params: { Body: body, ...extra },
    },
  ]);
});

test('bytes that are gone meanwhile are named as missing, the rest is whole', async () => {
  const from = '+15550003003';
  const [gone] = await receive(from, 'one', [10]);
  const [kept] = await receive(from, 'two', [11]);
  if (gone === undefined) throw new Error('the message has no media');
  await damageFile(inbox, await blobKey(inbox, gone), removed);
  const { files, manifest } = await download({ address: from });
  expect(files.get(`media/${kept?.sid}.png`)?.equals(await smallPicture(11))).toBe(true);
  expect(files.get(`media/${gone?.sid}.png`)?.length).toBe(0);
  const fileOf = Object.fromEntries(
    manifest.messages.flatMap(({ media }: { media: { sid: string; file: string | null }[] }) =>
      media.map(({ sid, file }) => [sid, file]),
    ),
  );
  expect(fileOf).toEqual({ [String(gone?.sid)]: null, [String(kept?.sid)]: expect.any(String) });
});

test.skipIf(IN_BUCKET)(
  'a file that cannot be read cuts the zip, and the server goes on',
  async () => {
    const from = '+15550003005';
    const [item] = await receive(from, 'one', [12]);
    if (item === undefined) throw new Error('the message has no media');
    // A folder in its place: nothing that can be read.
    const path = join(inbox.dataDir, 'blobs', await blobKey(inbox, item));
    await rm(path);
    await mkdir(path);
    const request = inbox.api('post', '/api/v1/senders/export').send({ address: from });
    await expect(request.buffer(true).then()).rejects.toThrow();
    await inbox.api('get', '/api/v1/whoami').expect(200);
  },
);

test('of a sender nobody knows the zip is empty', async () => {
  const { files, manifest } = await download({ address: '+15550003004' });
  expect([...files.keys()]).toEqual(['manifest.json']);
  expect(manifest.messages).toEqual([]);
});

test('a client that closes the connection is no error', async () => {
  const from = '+15550003005';
  await inbox
    .api('post', '/api/v1/media')
    .field('from', from)
    .attach('files', randomBytes(20_000_000), 'noise.bin')
    .expect(201);
  const before = inbox.logLines.length;
  const since = () => inbox.logLines.slice(before).map((line) => JSON.parse(line));
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  await fetch(`${inbox.url}/api/v1/senders/export`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ address: from }),
    signal: leaving.signal,
  });
  leaving.abort();
  await eventually(async () => {
    expect(since().map(({ msg }) => msg)).toContain('request aborted');
  });
  await inbox.api('get', '/api/v1/whoami').expect(200);
  expect(since().filter(({ level }) => level >= 50)).toEqual([]);
});

test('it is for admins, and names its sender', async () => {
  const asModerator = await callAs(inbox, 'moderator');
  await asModerator('post', '/api/v1/senders/export').send({ address: '+1' }).expect(403);
  const { body } = await inbox.api('post', '/api/v1/senders/export').send({}).expect(400);
  expect(body.errors).toMatchObject([{ field: 'address' }]);
});
