import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { fixturePath } from '../support/fixtures.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asModerator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());
afterEach(() =>
  eventually(async () => {
    expect(await readdir(join(inbox.dataDir, 'blobs', 'incoming'))).toEqual([]);
  }),
);

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const upload = (fields: Record<string, string> = {}) =>
  inbox.api('post', '/api/v1/blocklist').field(fields);
const list = (lines: string[], fields?: Record<string, string>) =>
  upload(fields).attach('file', Buffer.from(lines.join('\n')), 'list.txt');

async function send(bytes: Buffer) {
  const attachments = [{ bytes, contentType: 'application/octet-stream' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return media;
}

async function listed(query: string) {
  return (await asModerator('get', `/api/v1/blocklist?${query}`).expect(200)).body;
}

test('a list: hashes are added, repeated ones known, bad lines told by their number', async () => {
  const note = Buffer.from('a note that is not wanted');
  const hashes = [`sha256:${sha256(note)}`, `pdq:${sha256('a look')}`];
  const lines = ['# from a friend', '', hashes[0] ?? '', hashes[1] ?? '', hashes[0] ?? '', 'what?'];
  const { body } = await list([...lines, `sha256:${'0'.repeat(63)}`], {
    reasonCode: 'shared',
    reason: 'of the programme',
  }).expect(200);
  expect(body).toEqual({
    kind: 'list',
    added: 2,
    raised: 0,
    known: 0,
    duplicates: 1,
    matchesExisting: 0,
    badLines: {
      count: 2,
      lines: [
        { line: 6, problem: expect.stringContaining('sha256: or pdq:') },
        { line: 7, problem: expect.stringContaining('64 hex digits') },
      ],
    },
  });
  expect((await list(lines).expect(200)).body).toMatchObject({ added: 0, known: 2, duplicates: 1 });
  const { items } = await listed(`hash=${sha256(note)}`);
  expect(items).toEqual([
    {
      id: expect.stringMatching(/^\d+$/),
      addedWith: null,
      caught: 0,
      kind: 'sha256',
      hash: sha256(note),
      policy: 'quarantine',
      reasonCode: 'shared',
      reason: 'of the programme',
      source: 'upload',
      createdBy: 'ADMIN_API_KEY',
      createdAt: expect.stringMatching(/Z$/),
    },
  ]);
  expect(await send(note)).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:blocklist', reasonCode: 'shared' },
  });
  const { body: audit } = await asModerator('get', '/api/v1/audit?action=blocklist.upload');
  expect(audit.items.map((entry: { after: object }) => entry.after)).toMatchObject([
    { added: 0, raised: 0, known: 2, duplicates: 1, badLines: 1 },
    { policy: 'quarantine', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { added: 2, raised: 0, known: 0, duplicates: 1, badLines: 2 },
    { policy: 'quarantine' },
  ]);
});

test('of bad lines the first hundred are told, and the count of all', async () => {
  const lines = [`sha256:${sha256('good')}`, ...Array.from({ length: 250 }, (_, n) => `bad ${n}`)];
  const { body } = await list(lines).expect(200);
  expect(body.badLines.count).toBe(250);
  expect(body.badLines.lines.map(({ line }: { line: number }) => line)).toEqual(
    Array.from({ length: 100 }, (_, n) => n + 2),
  );
});

test('a picture is kept out that was never here, with what looks like it', async () => {
  const picture = await tellingPicture(100);
  const { body } = await upload().attach('file', picture, 'a.jpg').expect(200);
  expect(body).toMatchObject({ kind: 'image', added: 2, matchesExisting: 0 });
  expect(body.quality).toBeGreaterThanOrEqual(50);
  expect((await send(await alteredPicture(picture)))?.moderation).toBe('quarantined');
  const again = await upload().attach('file', picture, 'a.jpg').expect(200);
  expect(again.body).toMatchObject({ added: 0, known: 2, matchesExisting: 1 });
});

test('a picture with little to be seen in it is kept out by its bytes alone', async () => {
  const { body } = await upload()
    .attach('file', await smallPicture(3), 'a.png')
    .expect(200);
  expect(body.entries).toMatchObject([{ kind: 'sha256' }]);
  expect(body.quality).toBeLessThan(50);
});

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const refused: [string, () => ReturnType<typeof upload>, number, string | null][] = [
  ['a picture cut short', () => upload().attach('file', png, 'a.png'), 400, 'file'],
  ['a document', () => upload().attach('file', fixturePath('document.pdf')), 415, null],
  ['a video', () => upload().attach('file', fixturePath('video.mp4')), 415, null],
  [
    'a text that is no list',
    () => upload().attach('file', fixturePath('note-utf8.txt')),
    400,
    'file',
  ],
  ['bytes of no kind', () => upload().attach('file', Buffer.alloc(5000, 0), 'a'), 400, 'file'],
  ['a list of comments', () => list(['# nothing']), 400, 'file'],
  ['no file', () => upload({ policy: 'delete' }), 400, 'file'],
  ['an empty file', () => upload().attach('file', Buffer.alloc(0), 'a'), 400, 'file'],
  ['two files', () => upload().attach('file', png, 'a').attach('file', png, 'b'), 400, 'file'],
  ['another field', () => upload().attach('files', png, 'a'), 400, 'files'],
  ['another policy', () => list(['x'], { policy: 'burn' }), 400, 'policy'],
  ['a phone number', () => list(['x'], { reason: 'from +1 415 555 0123' }), 400, 'reason'],
  ['an unknown field', () => list(['x'], { why: 'so' }), 400, 'why'],
  ['JSON', () => inbox.api('post', '/api/v1/blocklist').send({ hash: 'x' }), 415, null],
];

test.each(refused)('%s is refused, and adds nothing', async (...row) => {
  const [, request, status, field] = row;
  const before = await listed('limit=500');
  const { body } = await request().expect(status);
  if (field !== null) expect(body.errors).toMatchObject([{ field }]);
  const { requestId: _, ...told } = body;
  expect(JSON.stringify(told)).not.toContain('555');
  expect(await listed('limit=500')).toEqual(before);
});

test('the list is paged, newest first, and filtered', async () => {
  const lines = Array.from({ length: 25 }, (_, n) => `pdq:${sha256(`page ${n}`)}`);
  await list(lines).expect(200);
  const ids: number[] = [];
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = await listed(`kind=pdq&limit=10${cursor}`);
    ids.push(...items.map(({ id }: { id: string }) => Number(id)));
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  expect(ids.length).toBeGreaterThanOrEqual(25);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  for (const query of ['limit=0', 'limit=501', 'kind=md5', 'hash=abc', 'cursor=x', 'q=1']) {
    await asModerator('get', `/api/v1/blocklist?${query}`).expect(400);
  }
});

test('while a long list is taken in, messages are received as ever', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `pdq:${sha256(`long ${n}`)}`);
  let isDone = false;
  const uploading = list(lines)
    .expect(200)
    .then(({ body }) => {
      isDone = true;
      return body;
    });
  await eventually(async () => {
    expect((await listed(`hash=${sha256('long 0')}`)).items).toHaveLength(1);
  });
  const { answer } = await inbox.receive({ attachments: [] });
  expect([answer.status, isDone]).toEqual([200, false]);
  expect(await uploading).toMatchObject({ added: 20_000, badLines: { count: 0 } });
}, 60_000);
