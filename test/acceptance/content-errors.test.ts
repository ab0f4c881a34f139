import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobKey, cut, damageFile, removed } from '../support/damage-files.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { messagesPath, OWN, readError } from '../support/twilio-request.ts';

// What goes wrong with bytes, told in the shape of either API.

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** Has bytes stored: the same media in both APIs, and the key of its file. */
async function store(bytes: Buffer, contentType: string) {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return {
    key: await blobKey(inbox, media),
    media: `/api/v1/media/${media.sid}`,
    twilio: `${messagesPath()}/${message.sid}/Media/${media.sid}`,
  };
}

function call(path: string, headers: Record<string, string> = {}) {
  const authorization = path.startsWith('/api/') ? `Bearer ${ADMIN_KEY}` : OWN;
  return fetch(inbox.url + path, { headers: { authorization, ...headers } });
}

/** Reads an error whole; nothing in its headers may be about the file. */
async function readWhole(path: string, response: Response): Promise<string> {
  const { headers } = response;
  const body = await response.clone().text();
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-request-id')).toMatch(/\S/);
  for (const name of ['etag', 'accept-ranges', 'content-disposition', 'content-security-policy']) {
    expect([name, headers.get(name)]).toEqual([name, null]);
  }
  if (!path.startsWith('/api/')) return String((await readError(path, response)).code);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return JSON.parse(body).code;
}

test('a file that is not there any more is 503, and nothing of it is told', async () => {
  const { key, media, twilio } = await store(await smallPicture(70, 'png', 64), 'image/png');
  await damageFile(inbox, key, removed);
  for (const [path, code] of [
    [`${media}/content`, 'unavailable'],
    [twilio, '20503'],
  ] as const) {
    for (const headers of [{}, { range: 'bytes=0-9' }] as Record<string, string>[]) {
      const response = await call(path, headers);
      expect(response.status).toBe(503);
      expect(response.headers.get('content-range')).toBeNull();
      expect(await readWhole(path, response)).toBe(code);
    }
  }
  expect((await call(`${media}/thumbnail`)).status).toBe(200);
});

test('a range that there is not is 416, and nothing else of the file is told', async () => {
  const html = Buffer.from('<!doctype html><p>a download</p>');
  const { media, twilio } = await store(html, 'text/html');
  for (const [path, code] of [
    [`${media}/content`, 'range_not_satisfiable'],
    [twilio, '20001'],
  ] as const) {
    const response = await call(path, { range: 'bytes=999-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${html.length}`);
    expect(await readWhole(path, response)).toBe(code);
  }
});

// The size of an object is known before an answer begins.
test.runIf(IN_BUCKET)('an object that was cut short is 503', async () => {
  const bytes = Buffer.alloc(2_000_000, 'cut short ');
  const { key, media, twilio } = await store(bytes, 'text/plain');
  await damageFile(inbox, key, cut);
  for (const path of [`${media}/content`, twilio]) expect((await call(path)).status).toBe(503);
});

test.skipIf(IN_BUCKET)('an answer from a file that was cut short is cut, too', async () => {
  const bytes = Buffer.alloc(2_000_000, 'cut short ');
  const { key, media, twilio } = await store(bytes, 'text/plain');
  await damageFile(inbox, key, cut);
  for (const path of [`${media}/content`, twilio]) {
    const response = await call(path);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  }
});

test('each of these is in the log, with its status', () => {
  const lines = inbox.logLines.map((line) => JSON.parse(line));
  const failed = lines.filter(({ msg }) => msg === 'request failed');
  expect(failed.map(({ err }) => err.cause?.code ?? err.message)).toEqual([
    ...Array(4).fill('ENOENT'),
    ...Array(2).fill(IN_BUCKET ? 'WRONG_SIZE' : expect.stringContaining('The file ends at ')),
  ]);
  const errored = lines.filter(({ msg }) => msg === 'request errored');
  expect(errored.map(({ res }) => res)).toEqual(Array(IN_BUCKET ? 6 : 4).fill({ status: 503 }));
});

test.each(['/api/v1/nothing', '/2010-04-01/Nothing.json'])(
  'the body of a request to %s that nobody reads does not keep the connection',
  async (path) => {
    const { hostname, port } = new URL(inbox.url);
    const socket = connect(Number(port), hostname);
    const head = ['Host: x', `Authorization: ${OWN}`, 'Content-Length: 100000'].join('\r\n');
    socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\nthe beginning`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 404 .*\r\nConnection: close\r\n/s);
  },
);
