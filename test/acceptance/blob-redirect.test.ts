import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { basic } from '../support/test-simulator.ts';

let s3: StrictS3;
let inbox: TestInbox;
let picture: Buffer;
let path: string;
let twilioPath: string;
let sid: string;
beforeAll(async () => {
  s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  inbox = await startTestInbox({ BLOB_STORE_URL: s3.url, BLOB_REDIRECT: 'on' });
  picture = await smallPicture(1);
  const attachments = [{ bytes: picture, contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  sid = String(media?.sid);
  path = `/api/v1/media/${sid}/content`;
  twilioPath = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${message.sid}/Media/${sid}`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await inbox.stop();
  await s3.stop();
});

const BEARER = { authorization: `Bearer ${ADMIN_KEY}` };

function get(target: string, headers: Record<string, string> = BEARER): Promise<Response> {
  return fetch(inbox.url + target, { headers, redirect: 'manual' });
}

test('programs get a URL of the bucket, which answers as the server does', async () => {
  const answer = await get(path);
  expect([answer.status, await answer.text()]).toEqual([307, '']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const location = String(answer.headers.get('location'));
  expect(location).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/strict-bucket\/mms\/blobs\/.*X-Amz-Expires=30&/,
  );
  const bytes = await fetch(location);
  expect(Buffer.from(await bytes.arrayBuffer()).equals(picture)).toBe(true);
  expect(Object.fromEntries(bytes.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline',
    'cache-control': 'private, no-cache',
  });
  s3.clockOffsetMs = 31_000;
  expect((await fetch(location)).status).toBe(403);
  s3.clockOffsetMs = 0;
  expect((await fetch(location.replace('image%2Fpng', 'text%2Fhtml'))).status).toBe(403);
  const twilio = await get(twilioPath, basic(ACCOUNT.sid, ACCOUNT.authToken));
  expect(twilio.status).toBe(307);
});

test('pages, ranges, cached and stripped content, and HEAD are not redirected', async () => {
  const statuses = await Promise.all([
    get(path, { ...BEARER, 'sec-fetch-site': 'same-origin' }),
    get(path, { ...BEARER, cookie: 'any=1' }),
    get(path, { ...BEARER, range: 'bytes=0-9' }),
    get(path, { ...BEARER, 'if-none-match': '*' }),
    get(`${path}?metadata=strip`),
    fetch(inbox.url + path, { headers: BEARER, method: 'HEAD' }),
  ]).then((answers) => answers.map(({ status }) => status));
  expect(statuses).toEqual([200, 200, 206, 304, 200, 200]);
});

test('nothing that is held is redirected, by no way', async () => {
  await inbox.api('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold' }).expect(200);
  const { body } = await inbox
    .api('post', `/api/v1/media/${sid}/reveal`)
    .send({ reason: 'to see' })
    .expect(201);
  const revealed = new URL(body.content);
  const answers = await Promise.all([
    get(path),
    get(twilioPath, basic(ACCOUNT.sid, ACCOUNT.authToken)),
    get(revealed.pathname + revealed.search, {}),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([403, 404, 200]);
  for (const { headers } of answers) expect(headers.get('location')).toBeNull();
});
