import { once } from 'node:events';
import { readdir, rename } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SIMILAR = '/api/v1/media/similar';
const AT_ONCE = 4;

let inbox: TestInbox;
let secret: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  const key = { name: 'slow', role: 'viewer' };
  secret = (await inbox.api('post', '/api/v1/keys').send(key).expect(201)).body.secret;
});
afterAll(() => inbox.stop());

const scratch = () => join(inbox.dataDir, 'blobs', 'incoming');

/** Begins a form of 90 MB, and sends a few of its bytes. */
function beginUpload(): Socket {
  const { hostname, port, host } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    [
      `POST ${SIMILAR} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${secret}`,
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 90000000',
      '',
      '--x',
      'Content-Disposition: form-data; name="file"; filename="a"',
      'Content-Type: image/jpeg',
      '',
      'the first bytes',
    ].join('\r\n'),
  );
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

// The first, because that there is room is believed for a second.
test('an upload that cannot be written is refused before it is read', async () => {
  const away = `${scratch()}-away`;
  await rename(scratch(), away);
  try {
    const socket = beginUpload();
    const answer = await answerOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/^retry-after: \d+\r$/im);
    socket.destroy();
  } finally {
    await rename(away, scratch());
  }
});

test('a caller has a few uploads open at once, and others are served', async () => {
  const picture = await smallPicture(1);
  const open = Array.from({ length: AT_ONCE }, beginUpload);
  await eventually(async () => expect(await readdir(scratch())).toHaveLength(AT_ONCE));

  const refused = beginUpload();
  const answer = await answerOf(refused);
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toMatch(/^retry-after: 5\r$/im);
  expect(answer).toContain('"code":"unavailable"');
  refused.destroy();
  const asOther = await callAs(inbox, 'viewer', 'other');
  await asOther('post', SIMILAR).attach('file', picture, 'a.png').expect(200);

  for (const socket of open) socket.destroy();
  await eventually(async () => expect(await readdir(scratch())).toEqual([]));
  const again = Array.from({ length: AT_ONCE }, beginUpload);
  await eventually(async () => expect(await readdir(scratch())).toHaveLength(AT_ONCE));
  for (const socket of again) socket.destroy();
});
