import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canSeeOpenFiles, countOpenFiles } from '../support/open-files.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { messagesPath, OWN } from '../support/twilio-request.ts';

// Many requests in one go over one connection.

const BYTES = 12_000_000;
const BEARER = `Bearer ${ADMIN_KEY}`;

let inbox: TestInbox;
let large: { media: string; twilio: string };
let thumbnail: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  const { message } = await inbox.receive({
    attachments: [
      { bytes: Buffer.alloc(BYTES, 'x'), contentType: 'text/plain' },
      { bytes: await smallPicture(80, 'jpeg', 600), contentType: 'image/jpeg' },
    ],
  });
  const [file, picture] = await inbox.mediaOf(message.sid, 'stored');
  large = {
    media: `/api/v1/media/${file?.sid}/content`,
    twilio: `${messagesPath()}/${message.sid}/Media/${file?.sid}`,
  };
  thumbnail = `/api/v1/media/${picture?.sid}/thumbnail`;
});
afterAll(() => inbox.stop());

function open(): Socket {
  const { hostname, port } = new URL(inbox.url);
  return connect(Number(port), hostname).pause();
}

const get = (path: string, connection = 'keep-alive') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n` +
  `Authorization: ${path.startsWith('/api/') ? BEARER : OWN}\r\n\r\n`;

const openFiles = () => countOpenFiles(join(inbox.dataDir, 'blobs'));

describe.skipIf(!canSeeOpenFiles || IN_BUCKET)('who never reads', () => {
  test.each([
    ['content', () => large.media],
    ["Twilio's bytes", () => large.twilio],
    ['thumbnails', () => thumbnail],
  ])('keeps one file open, however many %s are asked for', async (_name, path) => {
    const socket = open();
    socket.write(get(large.media) + get(path()).repeat(300));
    await eventually(async () => expect(await openFiles()).toBeGreaterThan(0));
    // Each answer is a round of the server's event loop, in which another file could have been opened.
    for (let round = 0; round < 100; round += 1) {
      await inbox.api('get', '/healthz').expect(200);
      expect(await openFiles()).toBe(1);
    }
    socket.destroy();
    await eventually(async () => expect(await openFiles()).toBe(0));
  });
});

test('who reads gets every answer, in the order of the requests', async () => {
  const socket = open();
  const paths = [large.media, ...Array(200).fill(thumbnail), '/healthz', large.twilio];
  socket.write(paths.map((path) => get(path)).join('') + get('/readyz', 'close'));
  const answers = (await text(socket)).split(/(?=HTTP\/1\.1 \d)/);
  expect(answers.map((answer) => answer.slice(0, 15))).toEqual(Array(204).fill('HTTP/1.1 200 OK'));
  expect(answers[0]?.length).toBeGreaterThan(BYTES);
  expect(answers[201]).toContain('{"status":"ok"}');
  expect(answers[202]?.length).toBeGreaterThan(BYTES);
  expect(answers[203]).toContain('"ready"');
});

test('a connection that is reset is no error of ours', async () => {
  for (let n = 0; n < 10; n += 1) {
    const socket = open();
    socket.write(get(large.media).repeat(3));
    socket.resume();
    await new Promise((resolve) => socket.once('data', resolve));
    socket.resetAndDestroy();
  }
  const sent = await inbox.api('get', '/healthz').expect(200);
  await eventually(async () => {
    expect(inbox.logLines.join('')).toContain(sent.headers['x-request-id']);
  });
  expect(inbox.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});
