import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
  const { mediaHost } = inbox.twilio;
  await inbox.restart({ MEDIA_REDIRECT_HOSTS: `${mediaHost},localhost,127.0.0.1,10.0.0.1` });
});
afterAll(() => inbox.stop());

async function receiveOne(bytes: Buffer, contentType: string) {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

const JPEG = await smallPicture(1, 'jpeg', 400);
const undecodable: [string, Buffer, string, RegExp][] = [
  ['the head of a JPEG', JPEG.subarray(0, 100), 'image/jpeg', /damaged or cut short/],
  ['a JPEG of noise', noisyJpeg(), 'image/jpeg', /damaged or cut short/],
  ['a PNG of 3,600 megapixels', hugePng(60_000), 'image/png', /more pixels than are decoded/],
  ['an empty PDF', Buffer.from('%PDF-1.7\n%%EOF\n'), 'application/pdf', /damaged or cut short/],
];

test('half of a JPEG is stored with a picture of what is there, and the reason told', async () => {
  const media = await receiveOne(JPEG.subarray(0, JPEG.length / 2), 'image/jpeg');
  expect(media).toMatchObject({
    state: 'stored',
    width: 400,
    height: 400,
    preview: { kind: 'image', reason: expect.stringMatching(/only a part/) },
  });
});

test.each(undecodable)('%s is stored with a typed card, and the reason told', async (...row) => {
  const [, bytes, type, reason] = row;
  const media = await receiveOne(bytes, type);
  expect(media).toMatchObject({ state: 'stored', reason: null, byteSize: bytes.length });
  expect(media).toMatchObject({ width: null, height: null });
  expect(media.preview).toEqual({
    kind: 'card',
    reason: expect.stringMatching(reason),
    thumbhash: expect.any(String),
    sizes: {
      small: { width: 160, height: 120, byteSize: expect.any(Number) },
      medium: { width: 480, height: 360, byteSize: expect.any(Number) },
      large: { width: 1280, height: 960, byteSize: expect.any(Number) },
    },
  });
  await inbox.api('get', `/api/v1/media/${media.sid}/thumbnail`).expect(200);
  const content = await inbox.api('head', `/api/v1/media/${media.sid}/content`).expect(200);
  expect(content.headers['content-length']).toBe(String(bytes.length));
});

test('after pictures that cannot be decoded, the next one is', async () => {
  const media = await receiveOne(await smallPicture(77), 'image/png');
  expect(media.preview).toMatchObject({ kind: 'image', sizes: { small: { width: 32 } } });
});

const script = '<script>alert(document.cookie)</script>';
const active: [string, string, string][] = [
  ['an SVG', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, 'image/svg+xml'],
  ['an SVG with a prologue', `<?xml version="1.0"?><svg>${script}</svg>`, 'image/svg+xml'],
  ['HTML', `<!doctype html>${script}`, 'text/html'],
  ['HTML that calls itself a picture', `<!doctype html>${script}`, 'image/png'],
  ['HTML of no declared type', `<html>${script}`, ''],
  ['JavaScript', 'alert(1)', 'text/javascript'],
  ['XML', '<?xml version="1.0"?><a/>', 'text/xml'],
];

test.each(active)('%s is handed out as a harmless download', async (_name, text, type) => {
  const media = await receiveOne(Buffer.from(text), type);
  // Its source, as text: nothing of it is rendered.
  expect(media.preview?.kind).toBe('text');
  const { headers, body } = await inbox
    .api('get', `/api/v1/media/${media.sid}/content`)
    .buffer(true)
    .expect(200);
  expect(headers['content-disposition']).toMatch(/^attachment\b/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
  expect(headers['content-type']).not.toMatch(/^image\//);
  expect(body).toBeDefined();
});

test('a picture is shown where it is, sandboxed too', async () => {
  const media = await receiveOne(await smallPicture(78), 'image/png');
  const { headers } = await inbox.api('get', `/api/v1/media/${media.sid}/content`).expect(200);
  expect(headers).toMatchObject({
    'content-disposition': 'inline',
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
});

test('text that calls itself text is shown as text, markup or not', async () => {
  const media = await receiveOne(Buffer.from(`${script} zwölf`), 'text/plain');
  const { headers, text } = await inbox.api('get', `/api/v1/media/${media.sid}/content`);
  expect(headers).toMatchObject({
    'content-disposition': 'inline',
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  expect(text).toBe(`${script} zwölf`);
});

test.each(['https://localhost/a', 'https://127.0.0.1/a', 'https://10.0.0.1/a'])(
  'a listed host that leads inside the network is not dialled: %s',
  async (location) => {
    const bytes = await smallPicture(79);
    const faults = [{ kind: 'redirect' as const, location }];
    const attachments = [{ bytes, contentType: 'image/png', faults }];
    const { message } = await inbox.receive({ attachments });
    const [media] = await inbox.mediaOf(message.sid, 'failed');
    expect(media?.reason).toBe(
      `The host ${new URL(location).hostname} has an address that is not on the public internet`,
    );
  },
);

/** A JPEG whose header is right and whose picture data is not. */
function noisyJpeg(): Buffer {
  const bytes = Buffer.from(JPEG);
  for (let at = 150; at < bytes.length; at += 1) bytes[at] = (at * 7919) % 255;
  return bytes;
}

/** A PNG of a few bytes that claims to be a square of this side. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND')]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
