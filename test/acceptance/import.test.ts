import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { findBytes } from '../support/find-bytes.ts';
import { rawBody } from '../support/raw-body.ts';
import { smallPicture } from '../support/small-picture.ts';
import { findInBucket, storedFiles } from '../support/stored-files.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MAX_BYTES = 40_000;

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ MEDIA_MAX_BYTES: String(MAX_BYTES) });
});
afterAll(() => inbox.stop());
afterEach(nothingIncoming);

const upload = () => inbox.api('post', '/api/v1/media');
const png = (name: string) => ({ filename: name, contentType: 'image/png' });

async function importOne(bytes: Buffer, filename: string, contentType: string): Promise<MediaItem> {
  const { body } = await upload().attach('files', bytes, { filename, contentType }).expect(201);
  const [media] = await inbox.mediaOf(body.messageSid, 'stored');
  if (media === undefined) throw new Error('nothing was imported');
  return media;
}

async function contentOf({ sid }: MediaItem): Promise<Buffer> {
  const path = `/api/v1/media/${sid}/content`;
  return (await inbox.api('get', path).buffer(true).parse(rawBody).expect(200)).body;
}

/** Waits until the scratch folder is empty. */
async function nothingIncoming(): Promise<void> {
  await eventually(async () => {
    expect(await readdir(join(inbox.dataDir, 'blobs', 'incoming'))).toEqual([]);
  });
}

/** The files that hold these bytes, once nothing is on its way any more. */
async function filesWith(bytes: Buffer): Promise<string[]> {
  await nothingIncoming();
  // A file that goes while it is looked at makes it start again.
  return eventually(async () => [
    ...(await findBytes(inbox.dataDir, bytes)),
    ...(await findInBucket(inbox, [bytes])),
  ]);
}

test('several files become one message, each stored with thumbnails', async () => {
  const pictures = await Promise.all([smallPicture(1), smallPicture(2, 'jpeg')]);
  const text = { from: '+14155550177', to: 'whatsapp:+14155550100', body: 'From the old phone 📷' };
  const { body, headers } = await upload()
    .field(text)
    .attach('files', pictures[0] ?? Buffer.alloc(0), png('one.png'))
    .attach('files', pictures[1] ?? Buffer.alloc(0), { filename: 'two.jpg', contentType: 'a/b' })
    .attach('files', Buffer.from('BEGIN:VCARD\nEND:VCARD\n'), { filename: 'ana.vcf' })
    .expect(201);
  expect(headers.location).toBe(`/api/v1/messages/${body.messageSid}`);
  const media = await inbox.mediaOf(body.messageSid, 'stored');
  expect(media.map(({ sid, index }) => ({ sid, index }))).toEqual(body.items);
  expect(media).toMatchObject([
    { ...text, fileName: 'one.png', contentType: 'image/png', preview: { kind: 'image' } },
    { ...text, fileName: 'two.jpg', contentType: 'image/jpeg', declaredContentType: 'a/b' },
    { ...text, fileName: 'ana.vcf', contentType: 'text/vcard', preview: { kind: 'card' } },
  ]);
  for (const size of ['small', 'medium', 'large']) {
    await inbox.api('get', `/api/v1/media/${media[1]?.sid}/thumbnail?size=${size}`).expect(200);
  }
  const message = await inbox.api('get', headers.location ?? '').expect(200);
  expect(message.body).toMatchObject({ ...text, source: 'import' });
  const listed = await inbox.api('get', '/api/v1/media').query({ from: text.from }).expect(200);
  expect(listed.body.items).toEqual(media);
});

test('text fields may be left out', async () => {
  const media = await importOne(await smallPicture(3), 'a.png', 'image/png');
  expect(media).toMatchObject({ from: '', to: '', body: '' });
});

test.each(['the import', 'the message'])(
  'the same bytes by MMS and by hand are kept once, until the last is deleted (first %s)',
  async (first) => {
    const bytes = await smallPicture(first.length);
    const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
    const [received] = await inbox.mediaOf(message.sid, 'stored');
    const imported = await importOne(bytes, 'same.png', 'image/png');
    if (received === undefined) throw new Error('the message has no media');
    expect(imported).toMatchObject({ sha256: received.sha256, preview: received.preview });
    expect(await filesWith(bytes)).toHaveLength(1);

    const [one, other] = first === 'the import' ? [imported, received] : [received, imported];
    await inbox.api('delete', `/api/v1/media/${one.sid}`).expect(204);
    expect(Buffer.compare(await contentOf(other), bytes)).toBe(0);
    await inbox.api('get', `/api/v1/media/${other.sid}/thumbnail`).expect(200);
    await inbox.api('get', `/api/v1/media/${one.sid}/content`).expect(404);

    await inbox.api('delete', `/api/v1/media/${other.sid}`).expect(204);
    expect(await filesWith(bytes)).toEqual([]);
    const left = await storedFiles(inbox);
    expect(left.filter((path) => path.includes(received.sha256 ?? '-'))).toEqual([]);
  },
);

test('one file twice in one import is two media and one blob', async () => {
  const bytes = await smallPicture(60);
  const { body } = await upload()
    .attach('files', bytes, png('a.png'))
    .attach('files', bytes, png('b.png'))
    .expect(201);
  const media = await inbox.mediaOf(body.messageSid, 'stored');
  expect(media.map(({ fileName }) => fileName)).toEqual(['a.png', 'b.png']);
  expect(new Set(media.map(({ sha256 }) => sha256)).size).toBe(1);
  expect(await filesWith(bytes)).toHaveLength(1);
});

test('the same file imported at the same moment many times is one blob', async () => {
  const bytes = await smallPicture(61);
  const media = await Promise.all(
    Array.from({ length: 8 }, () => importOne(bytes, 'a.png', 'image/png')),
  );
  expect(new Set(media.map(({ sid }) => sid)).size).toBe(8);
  expect(await filesWith(bytes)).toHaveLength(1);
  await Promise.all(
    media.map(({ sid }) => inbox.api('delete', `/api/v1/media/${sid}`).expect(204)),
  );
  expect(await filesWith(bytes)).toEqual([]);
});

test('a media deleted by many at once is deleted by one of them', async () => {
  const { sid } = await importOne(await smallPicture(62), 'a.png', 'image/png');
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => inbox.api('delete', `/api/v1/media/${sid}`)),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([204, ...Array(7).fill(404)]);
});

test.each([
  ['../../../etc/passwd', 'passwd', 'passwd'],
  ['C:\\Users\\ana\\plan.pdf', 'plan.pdf', 'plan.pdf'],
  ['Grüße 📎.pdf', 'Grüße 📎.pdf', "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%93%8E.pdf"],
  ['quotes%22 and ; semicolons.pdf', /^quotes.* and ; semicolons\.pdf$/, 'semicolons.pdf'],
  [`${'x'.repeat(300)}.pdf`, /^x{255}$/, 'xxx'],
])('a file called %s keeps a harmless name', async (given, kept, disposition) => {
  const media = await importOne(Buffer.from('%PDF-1.7\n'), given, 'application/pdf');
  if (typeof kept === 'string') expect(media.fileName).toBe(kept);
  else expect(media.fileName).toMatch(kept);
  const { headers } = await inbox.api('get', `/api/v1/media/${media.sid}/content`).expect(200);
  expect(headers['content-disposition']).toMatch(/^attachment\b/);
  expect(headers['content-disposition']).toContain(disposition);
});

const small = Buffer.from('a small file that must not stay');
const refused: [string, () => ReturnType<typeof upload>, number, string | null][] = [
  ['no files', () => upload().field('from', '+1415'), 400, 'files'],
  ['another field', () => upload().attach('file', small, 'a.txt'), 400, 'file'],
  ['an empty file', () => upload().attach('files', Buffer.alloc(0), 'a.txt'), 400, 'files'],
  [
    'one empty file among others',
    () => upload().attach('files', small, 'a').attach('files', Buffer.alloc(0), 'b'),
    400,
    'files',
  ],
  [
    'a file that is too large',
    () => upload().attach('files', Buffer.alloc(MAX_BYTES + 1), 'a.bin'),
    413,
    null,
  ],
  [
    'a large file after small ones',
    () =>
      upload()
        .attach('files', small, 'a')
        .attach('files', Buffer.alloc(MAX_BYTES * 4), 'b'),
    413,
    null,
  ],
  ['an unknown text field', () => upload().attach('files', small, 'a').field('x', 'y'), 400, 'x'],
  [
    'a sender that is too long',
    () => upload().attach('files', small, 'a').field('from', 'x'.repeat(101)),
    400,
    'from',
  ],
  ...['abc', '4155550177', '+0123456', '+1 415 555 0177', 'tel:', 'a:b c'].flatMap(
    (address): [string, () => ReturnType<typeof upload>, number, string][] =>
      ['from', 'to'].map((field) => [
        `${field}=${address}`,
        () => upload().attach('files', small, 'a').field(field, address),
        ...([400 as const, field as string] as const),
      ]),
  ),
  ...['1999-12-31T23:59:59Z', '2199-01-01', '2026-01-31T10:00', 'yesterday', '1795439552'].map(
    (time): [string, () => ReturnType<typeof upload>, number, string] => [
      `receivedAt=${time}`,
      () => upload().attach('files', small, 'a').field('receivedAt', time),
      400,
      'receivedAt',
    ],
  ),
  [
    'two senders',
    () => upload().attach('files', small, 'a').field('from', ['+14155550177', '+14155550178']),
    400,
    'from',
  ],
  ['a NUL', () => upload().attach('files', small, 'a').field('body', 'a\0b'), 400, 'body'],
  [
    'too many files',
    () => [...Array(21).keys()].reduce((r, n) => r.attach('files', small, `${n}`), upload()),
    400,
    'files',
  ],
  ['JSON', () => upload().send({ files: [] }), 415, null],
  ['a form', () => upload().type('form').send('files=x'), 415, null],
  ['nothing', () => upload(), 415, null],
  ['multipart without a boundary', () => multipart('x', 'multipart/form-data'), 400, null],
  ['multipart cut short', () => multipart(`${PART}cut`), 400, null],
  ['multipart that is none', () => multipart('nonsense'), 400, null],
];
const PART = '--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n';
const multipart = (body: string, type = 'multipart/form-data; boundary=x') =>
  upload().set('Content-Type', type).send(body);

test.each(refused)('%s is refused, and nothing is left behind', async (...row) => {
  const [, request, status, field] = row;
  const before = await inbox.api('get', '/api/v1/messages?limit=1').expect(200);
  const { body } = await request().expect(status);
  expect(body).toMatchObject({ status, title: expect.any(String) });
  if (field !== null) expect(body.errors).toMatchObject([{ field }]);
  const after = await inbox.api('get', '/api/v1/messages?limit=1').expect(200);
  expect(after.body.items).toEqual(before.body.items);
  expect(await filesWith(small)).toEqual([]);
});

test('history stands where it belongs, and is counted by its own time', async () => {
  const bytes = await smallPicture(90);
  const send = (fields: Record<string, string>) =>
    upload().field(fields).attach('files', bytes, png('a.png')).expect(201);
  const today = await send({ body: 'today' });
  const old = await send({ body: 'old', receivedAt: '2019-07-01T14:00:00+02:00' });
  const older = await send({ body: 'older', receivedAt: '2000-01-01' });
  const [media] = await inbox.mediaOf(old.body.messageSid, 'stored');
  expect(media?.receivedAt).toBe('2019-07-01T12:00:00.000Z');
  const message = await inbox.api('get', String(old.headers.location)).expect(200);
  expect(message.body.receivedAt).toBe('2019-07-01T12:00:00.000Z');

  const sids = [today, old, older].map(({ body }) => body.messageSid);
  const listed = await inbox.api('get', '/api/v1/messages?limit=200').expect(200);
  const order = listed.body.items.map(({ sid }: { sid: string }) => sid);
  expect(order.filter((sid: string) => sids.includes(sid))).toEqual(sids);
  const before = await inbox.api('get', '/api/v1/media?receivedBefore=2020-01-01').expect(200);
  expect(before.body.items.map((item: MediaItem) => item.messageSid)).toEqual(sids.slice(1));

  const ahead = new Date(Date.now() + 60_000).toISOString();
  const soon = await send({ receivedAt: ahead });
  const { body } = await inbox.api('get', String(soon.headers.location)).expect(200);
  expect(body.receivedAt < ahead, 'a clock that is ahead does not stand before what comes').toBe(
    true,
  );
});

test('retention counts an import from its own time', async () => {
  const bytes = await smallPicture(91);
  const send = (receivedAt: string) =>
    upload().field({ receivedAt }).attach('files', bytes, png('a.png')).expect(201);
  const old = await send('2019-07-01');
  const kept = await send(new Date().toISOString());
  for (const { body } of [old, kept]) await inbox.mediaOf(body.messageSid, 'stored');
  await inbox.restart({ RETENTION_DAYS: '3650', MEDIA_MAX_BYTES: String(MAX_BYTES) });
  await inbox.mediaOf(kept.body.messageSid, 'stored');
  expect((await inbox.mediaOf(old.body.messageSid, 'stored'))[0]?.state).toBe('stored');
  await inbox.restart({ RETENTION_DAYS: '365' });
  await inbox.mediaOf(old.body.messageSid, 'deleted');
  await inbox.mediaOf(kept.body.messageSid, 'stored');
  await inbox.restart();
}, 60_000);

test.each([
  ['/api/v1/media', 'file', 'files'],
  ['/api/v1/blocklist', 'files', 'file'],
])('a file in the wrong field of %s is told which is right', async (path, wrong, right) => {
  const request = inbox.api('post', path).attach(wrong, small, 'a.txt');
  const { body } = await request.expect(400);
  expect(body).toMatchObject({
    detail: `Files are sent in the field \`${right}\`.`,
    errors: [{ field: wrong, message: `is no field for files: use \`${right}\`` }],
  });
});

test('too many files, and text instead of a file, are told as such', async () => {
  const many = [...Array(21).keys()].reduce((r, n) => r.attach('files', small, `${n}`), upload());
  expect((await many.expect(400)).body.errors).toEqual([
    { field: 'files', message: 'takes at most 20 files' },
  ]);
  const text = upload().field('files', 'photo.jpg');
  expect((await text.expect(400)).body.errors).toEqual([
    { field: 'files', message: 'needs at least one file, such as -F files=@photo.jpg' },
  ]);
});

test('an upload whose sender hangs up leaves nothing behind', async () => {
  const { hostname, port } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /api/v1/media HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n` +
      `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n\r\n${PART}half`,
  );
  const incoming = join(inbox.dataDir, 'blobs', 'incoming');
  await eventually(async () => expect(await readdir(incoming)).toHaveLength(1));
  socket.destroy();
  await eventually(async () => expect(await readdir(incoming)).toEqual([]));
});

test('a character that is cut in half, in a file name or the text, is replaced and nothing is lost', async () => {
  const bytes = await smallPicture(9);
  // Names are cut after 255 UTF-16 units: in the middle of the emoji.
  const media = await importOne(bytes, `${'n'.repeat(254)}😀.png`, 'image/png');
  expect(media.fileName).toBe(`${'n'.repeat(254)}\uFFFD`);
  expect((await contentOf(media)).equals(bytes)).toBe(true);

  const form = new FormData();
  form.append('files', new Blob([bytes], { type: 'image/png' }), 'half.png');
  const encoded = await new Response(form).arrayBuffer();
  const boundary = Buffer.from(encoded).toString('latin1').split('\r\n')[0] ?? '';
  const part =
    `${boundary}\r\nContent-Disposition: form-data; name="body"\r\n` +
    'Content-Type: text/plain; charset=utf-16le\r\n\r\n';
  const { body } = await upload()
    .set('Content-Type', `multipart/form-data; boundary=${boundary.slice(2)}`)
    .send(
      Buffer.concat([
        Buffer.from(part),
        Buffer.from('half \ud83d', 'utf16le'),
        Buffer.from('\r\n'),
        Buffer.from(encoded),
      ]),
    )
    .expect(201);
  const { body: message } = await inbox.api('get', `/api/v1/messages/${body.messageSid}`);
  expect(message.body).toBe('half \uFFFD');
});
