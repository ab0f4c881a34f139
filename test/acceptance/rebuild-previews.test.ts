import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { blobKey } from '../support/damage-files.ts';
import { hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const REBUILD = '/api/v1/previews/rebuild';
const BARE = { PATH: '/nonexistent' };
const WHOLE = { PATH: process.env.PATH ?? '' };

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox(BARE);
});
afterAll(() => inbox.stop());

const receive = (...names: string[]) => receiveFixtures(inbox, ...names);

async function now({ sid }: MediaItem): Promise<MediaItem> {
  return (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body;
}

async function previewFiles(): Promise<string[]> {
  const keys = await storedFiles(inbox);
  return keys.flatMap((key) => /previews\/..\/(.+)/.exec(key)?.[1] ?? []);
}

async function rebuild(body: object): Promise<number> {
  const answer = await inbox.api('post', REBUILD).send(body).expect(202);
  expect(answer.headers).toMatchObject({ location: REBUILD, 'retry-after': '1' });
  await eventually(async () => {
    const { body } = await inbox.api('get', REBUILD).expect(200);
    expect(body).toEqual({ remaining: 0 });
  });
  return answer.body.marked;
}

test('what had no tool gets its preview once the tool is there; the old one stands until then', async () => {
  const [video, pdf] = await receive('video.mp4', 'document.pdf');
  if (video === undefined || pdf === undefined) throw new Error('not received');
  expect(video.preview).toMatchObject({ kind: 'card', reason: expect.stringMatching(/installed/) });
  expect(pdf.preview).toMatchObject({ kind: 'pdf', reason: null });
  const path = `/api/v1/media/${video.sid}/thumbnail`;
  const before = await inbox.api('get', path).expect(200);
  // A browser that kept it would never show the better one.
  expect(before.headers['cache-control']).toBe('private, no-cache');

  await inbox.restart(WHOLE);
  expect(await rebuild({ failed: true })).toBe(1);
  const after = await inbox.api('get', path).set('If-None-Match', before.headers.etag ?? '');
  expect(after.status).toBe(200);
  const rebuilt = await now(video);
  if (hasFfmpeg()) {
    expect(rebuilt).toMatchObject({ width: 320, height: 240, details: { durationSeconds: 3 } });
    expect(rebuilt.preview).toMatchObject({ kind: 'video', reason: null });
  } else {
    expect(rebuilt.preview?.kind).toBe('card');
  }
  // Three sizes each, of the new previews alone.
  await eventually(async () => expect((await previewFiles()).length).toBe(6));
});

test('one kind is made again, and what was deleted is not', async () => {
  const [first, second] = await receive('contact-30.vcf', 'contact-40.vcf');
  if (first === undefined || second === undefined) throw new Error('not received');
  await inbox.api('delete', `/api/v1/media/${second.sid}`).expect(204);
  const files = await previewFiles();
  expect(await rebuild({ kind: 'contact' })).toBe(1);
  expect((await now(first)).preview).toMatchObject({ kind: 'contact' });
  // Those that were replaced go after the new ones are in use.
  await eventually(async () => {
    const left = await previewFiles();
    expect(left.length).toBe(files.length);
    expect(left.filter((name) => !files.includes(name)).length).toBe(3);
  });
});

test.skipIf(IN_BUCKET)('where the bytes cannot be read the old preview stays', async () => {
  const [photo] = await receive('photo.png');
  if (photo === undefined) throw new Error('not received');
  const path = join(inbox.dataDir, 'blobs', await blobKey(inbox, photo));
  await rename(path, `${path}.away`);
  expect(await rebuild({ kind: 'image' })).toBe(1);
  await rename(`${path}.away`, path);
  expect((await now(photo)).preview).toEqual(photo.preview);
  await inbox.api('get', `/api/v1/media/${photo.sid}/thumbnail`).expect(200);
  await inbox.api('delete', `/api/v1/media/${photo.sid}`).expect(204);
});

test('nothing left over is nothing to resume', async () => {
  expect(await rebuild({ resume: true })).toBe(0);
});

test('a place is told after the setting was turned on and the previews made again', async () => {
  const [photo] = await receive('photo.jpg');
  if (photo === undefined) throw new Error('not received');
  expect(photo.details).not.toHaveProperty('location');
  await inbox.restart({ ...WHOLE, EXTRACT_LOCATION: 'true' });
  expect(await rebuild({ kind: 'image' })).toBe(1);
  expect((await now(photo)).details).toMatchObject({
    location: { latitude: 52.516275, longitude: 13.377704 },
  });
});

test.each([
  [{ kind: 'hologram' }, 'kind'],
  [{ failed: 'yes' }, 'failed'],
  [{ resume: true, kind: 'pdf' }, 'resume'],
  [{ everything: true }, 'everything'],
])('%j is refused by name', async (body, field) => {
  const answer = await inbox.api('post', REBUILD).send(body).expect(400);
  expect(answer.body.errors[0].field).toBe(field);
});

test('it takes a moderator, and only GET and POST', async () => {
  const key = await inbox.api('post', '/api/v1/keys').send({ name: 'looker', role: 'viewer' });
  for (const method of ['GET', 'POST']) {
    const authorization = `Bearer ${key.body.secret}`;
    const answer = await fetch(inbox.url + REBUILD, { method, headers: { authorization } });
    expect(answer.status).toBe(403);
    expect((await fetch(inbox.url + REBUILD, { method })).status).toBe(401);
  }
  const { headers } = await inbox.api('delete', REBUILD).expect(405);
  expect(headers.allow).toBe('GET, HEAD, POST');
});
