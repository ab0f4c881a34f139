import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SIMILAR = '/api/v1/media/similar';

let inbox: TestInbox;
let asViewer: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
});
afterAll(() => inbox.stop());
afterEach(() =>
  eventually(async () => {
    expect(await readdir(join(inbox.dataDir, 'blobs', 'incoming'))).toEqual([]);
  }),
);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function receive(bytes: Buffer): Promise<string> {
  const attachments = [{ bytes, contentType: 'application/octet-stream' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return String(media?.sid);
}

const search = (picture: Buffer, fields: Record<string, string> = {}, call: CallAs = asViewer) =>
  call('post', SIMILAR).field(fields).attach('file', picture, 'picture');

interface Found {
  distance: number;
  media: { sid: string };
}

async function found(...request: Parameters<typeof search>) {
  const { body } = await search(...request).expect(200);
  return (body.items as Found[]).map(({ distance, media }) => [media.sid, distance] as const);
}

test('the same bytes, then altered copies by their distance, and no other picture', async () => {
  const picture = await tellingPicture(1);
  const same = [await receive(picture), await receive(picture)];
  const altered = await receive(await alteredPicture(picture));
  await receive(await tellingPicture(2));
  const nearest = await found(picture);
  expect(new Set(nearest.slice(0, 2).map(([sid]) => sid))).toEqual(new Set(same));
  expect(nearest.slice(0, 2).map(([, distance]) => distance)).toEqual([0, 0]);
  const distance = nearest[2]?.[1] ?? Number.NaN;
  expect(distance).toBeLessThanOrEqual(31);
  expect(nearest.slice(2)).toEqual([[altered, distance]]);
  // A third version finds all of them, none by its bytes.
  const another = await alteredPicture(picture, 'webp');
  const sids = (await found(another)).map(([sid]) => sid);
  expect(new Set(sids)).toEqual(new Set([...same, altered]));
  expect(await found(another, { limit: '1' })).toHaveLength(1);
  const { body } = await search(picture).expect(200);
  expect(body).toMatchObject({ sha256: sha256(picture), quality: expect.any(Number) });
});

test('only pictures within the distance that is asked for', async () => {
  const picture = await tellingPicture(3);
  const sid = await receive(picture);
  const mirrored = await sharp(picture).flop().toBuffer();
  expect(await found(mirrored)).toEqual([]);
  const altered = await alteredPicture(picture, 'png');
  const [[, distance] = ['', 0]] = await found(altered);
  expect(await found(altered, { distance: String(distance) })).toEqual([[sid, distance]]);
  if (distance > 0) expect(await found(altered, { distance: String(distance - 1) })).toEqual([]);
});

test('what is held back is found by moderators only, and what is deleted by nobody', async () => {
  const picture = await tellingPicture(4);
  const sid = await receive(picture);
  const decision = { decision: 'hold' };
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  expect(await found(picture)).toEqual([]);
  expect(await found(picture, {}, inbox.api)).toEqual([[sid, 0]]);
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  expect(await found(picture, {}, inbox.api)).toEqual([]);
});

test('what is held back is no gap: nearer ones do not take the place of what is visible', async () => {
  const picture = await tellingPicture(8);
  const nearer: string[] = [];
  for (const quality of [91, 92, 93]) {
    nearer.push(await receive(await sharp(picture).jpeg({ quality }).toBuffer()));
  }
  const visible = await receive(await alteredPicture(picture));
  for (const sid of nearer) {
    const decision = { decision: 'hold' };
    await inbox.api('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  }
  for (const limit of ['1', '2']) {
    expect((await found(picture, { limit })).map(([sid]) => sid)).toEqual([visible]);
  }
  expect(
    (await found(picture, { limit: '2' }, inbox.api)).every(([sid]) => nearer.includes(sid)),
  ).toBe(true);
});

test('of a plain picture only the same bytes are found', async () => {
  const plain = await smallPicture(5);
  const sid = await receive(plain);
  await receive(await smallPicture(6));
  expect(await found(plain)).toEqual([[sid, 0]]);
});

const decide = (sid: string, body: object) =>
  inbox.api('post', `/api/v1/media/${sid}/decision`).send(body).expect(200);
const similarTo = (sid: string, query = '', call: CallAs = inbox.api) =>
  call('get', `/api/v1/media/${sid}/similar${query}`);

test('what looks like one that is held back, and how each was decided, without a reveal', async () => {
  const picture = await tellingPicture(9);
  const quarantined = await receive(picture);
  await decide(quarantined, { decision: 'quarantine', reasonCode: 'spam' });
  const held = await receive(await alteredPicture(picture));
  await decide(held, { decision: 'hold' });
  const { body } = await similarTo(held).expect(200);
  expect(body.quality).toBeGreaterThanOrEqual(50);
  const [{ distance }] = body.items;
  expect(distance).toBeLessThanOrEqual(31);
  expect(body.items).toMatchObject([
    {
      media: {
        sid: quarantined,
        moderation: 'quarantined',
        decision: { by: 'ADMIN_API_KEY', at: expect.any(String), reasonCode: 'spam' },
      },
    },
  ]);
  const { body: audit } = await inbox.api('get', `/api/v1/audit?target=${held}`).expect(200);
  expect(audit.items.map(({ action }: { action: string }) => action)).toEqual(['media.hold']);
  // It is known by its hash, as a search by the picture itself would find it.
  expect((await found(await alteredPicture(picture), {}, inbox.api)).map(([sid]) => sid)).toEqual([
    held,
    quarantined,
  ]);
  if (distance > 0) {
    const nearer = await similarTo(held, `?distance=${distance - 1}`).expect(200);
    expect(nearer.body.items).toEqual([]);
  }
});

test('the same bytes come first, itself is left out, and a page has as many as are asked for', async () => {
  const picture = await tellingPicture(10);
  const sids = [await receive(picture), await receive(picture), await receive(picture)];
  const altered = await receive(await alteredPicture(picture));
  const [first = ''] = sids;
  const listed = async (query = '') =>
    ((await similarTo(first, query).expect(200)).body.items as Found[]).map(
      ({ media }) => media.sid,
    );
  expect(await listed()).toEqual([...sids.slice(1).toSorted(), altered]);
  expect(await listed('?limit=1')).toEqual(sids.slice(1).toSorted().slice(0, 1));
  expect(await listed('?limit=2')).toEqual(sids.slice(1).toSorted());
});

test('viewers find only what they may see, and nothing by what they may not', async () => {
  const picture = await tellingPicture(11);
  const [visible, held] = [await receive(picture), await receive(picture)];
  await decide(held, { decision: 'hold' });
  expect((await similarTo(visible, '', asViewer).expect(200)).body.items).toEqual([]);
  expect((await similarTo(visible).expect(200)).body.items).toHaveLength(1);
  expect((await similarTo(held, '', asViewer).expect(404)).body.code).toBe('not_found');
});

test('of what has no hash only the same bytes are found; what is not here is said', async () => {
  const text = Buffer.from('a note that two send');
  const sids = [await receive(text), await receive(text)];
  const [first = '', second = ''] = sids;
  const { body } = await similarTo(first).expect(200);
  expect(body).toMatchObject({ sha256: sha256(text), quality: null });
  expect(body.items).toMatchObject([{ distance: 0, media: { sid: second } }]);
  await similarTo(first, '?distance=32').expect(400);
  await inbox.api('delete', `/api/v1/media/${first}`).expect(204);
  expect((await similarTo(first).expect(404)).body.code).toBe('media_deleted');
  expect((await similarTo(second).expect(200)).body.items).toEqual([]);
});

test('what it does not take is refused, and nothing of it is kept', async () => {
  const picture = await smallPicture(7);
  const errors = async (request: ReturnType<typeof search>) =>
    (await request.expect(400)).body.errors;
  const file = (message: string) => [{ field: 'file', message }];
  expect(await errors(asViewer('post', SIMILAR).field({ limit: '1' }))).toEqual(
    file('needs a picture'),
  );
  expect(await errors(search(picture.subarray(0, 60)))).toEqual(
    file('is a picture that cannot be decoded'),
  );
  for (const distance of ['32', '-1', '1.5', '']) {
    expect(await errors(search(picture, { distance }))).toEqual([
      { field: 'distance', message: 'a whole number from 0 to 31' },
    ]);
  }
  await search(Buffer.from('just a text')).expect(415);
});

test('attachments with the same bytes are listed by their SHA-256', async () => {
  const bytes = await smallPicture(8);
  const sids = [await receive(bytes), await receive(bytes)].toReversed();
  await receive(await smallPicture(9));
  const listed = async (hash: string, more = '') => {
    const path = `/api/v1/media?sha256=${hash}${more}`;
    const { body } = await asViewer('get', path).expect(200);
    return body.items.map(({ sid }: { sid: string }) => sid);
  };
  expect(await listed(sha256(bytes))).toEqual(sids);
  expect(await listed(sha256(bytes).toUpperCase(), '&order=oldest')).toEqual(sids.toReversed());
  expect(await listed(sha256(bytes), '&contentType=video/')).toEqual([]);
  expect(await listed('0'.repeat(64))).toEqual([]);
  const { body } = await asViewer('get', '/api/v1/media?sha256=abc').expect(400);
  expect(body.errors).toEqual([{ field: 'sha256', message: '64 hexadecimal digits' }]);
});
