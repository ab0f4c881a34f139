import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import {
  ACCOUNT,
  ADMIN_KEY,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';
import {
  basic,
  callTwilioApi,
  expectRefusal,
  messagesPath,
  OWN,
  readError,
  routesOf,
  storeAlbum,
} from '../support/twilio-request.ts';

let inbox: TestInbox;
let message: string;
let media: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  ({ message, media } = await storeAlbum(inbox));
});
afterAll(() => inbox.stop());

const call = (path: string, authorization: string | null = OWN, method = 'GET') =>
  callTwilioApi(inbox, path, authorization, method);
const refused = (path: string, answer: [number, number], authorization = OWN) =>
  expectRefusal(inbox, path, answer, authorization);

/** Every route of the API, and one that there is none of. */
const routes = () => [...routesOf({ message, media }), '/2010-04-01/Nothing.json'];

async function createKey(name: string, role: string): Promise<string> {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
  return basic(name, body.secret);
}

test.each<[string, string | null]>([
  ['nothing', null],
  ['a wrong token', basic(ACCOUNT.sid, 'wrong')],
  ['the beginning of the token', basic(ACCOUNT.sid, ACCOUNT.authToken.slice(0, -1))],
  ['more than the token', basic(ACCOUNT.sid, `${ACCOUNT.authToken} `)],
  ['no token', basic(ACCOUNT.sid, '')],
  ['an account without a colon', `Basic ${btoa(ACCOUNT.sid)}`],
  ['no name', basic('', ACCOUNT.authToken)],
  ["another account's token", basic(ACCOUNT.sid, OTHER_ACCOUNT.authToken)],
  ['an account in lower case', basic(ACCOUNT.sid.toLowerCase(), ACCOUNT.authToken)],
  ['an account that is not ours', basic(`AC${'0'.repeat(32)}`, ACCOUNT.authToken)],
  ['no base64', 'Basic !!!'],
  ['the scheme alone', 'Basic'],
  ['bytes that are no text', `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x00]).toString('base64')}`],
  ['NULs', basic('\0', '\0')],
  ['another scheme', `Bearer ${ADMIN_KEY}`],
  ['the name of an object property', basic('__proto__', 'x')],
  ['a very long token', basic(ACCOUNT.sid, 'x'.repeat(9000))],
  ["an admin key under another's name", basic('somebody', ADMIN_KEY)],
])('%s is 401 with code 20003 on every route', async (_name, authorization) => {
  for (const path of routes()) {
    const response = await call(path, authorization);
    expect([path, response.status]).toEqual([path, 401]);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
    expect(await readError(path, response)).toMatchObject({
      code: 20003,
      message: 'Authenticate',
    });
  }
  expect((await call(media, authorization, 'DELETE')).status).toBe(401);
  expect((await call(`${media}.json`)).status).toBe(200);
});

test("another account's credentials get nothing but 404, of this account or their own", async () => {
  const other = basic(OTHER_ACCOUNT.sid, OTHER_ACCOUNT.authToken);
  for (const path of routes()) {
    await refused(path, [404, 20404], other);
    const deleted = await call(path, other, 'DELETE');
    expect([path, deleted.status]).toEqual([path, 404]);
    if (path.startsWith(message)) {
      await refused(path.replace(ACCOUNT.sid, OTHER_ACCOUNT.sid), [404, 20404], other);
    }
  }
  const disguised = media.replace(ACCOUNT.sid, OTHER_ACCOUNT.sid);
  expect((await call(disguised, other, 'DELETE')).status).toBe(404);
  expect((await call(`${media}.json`)).status).toBe(200);
  const list = await (await call(`${messagesPath(OTHER_ACCOUNT.sid)}.json`, other)).json();
  expect(list.messages).toEqual([]);
});

test('a viewer key reads and may not delete, a moderator key deletes', async () => {
  const viewer = await createKey('reads', 'viewer');
  for (const path of routes().slice(0, -1)) expect((await call(path, viewer)).status).toBe(200);
  const { message: received } = await inbox.receive({
    attachments: [{ bytes: await smallPicture(9), contentType: 'image/png' }],
  });
  await inbox.mediaOf(received.sid, 'stored');
  const path = `${messagesPath()}/${received.sid}/Media/${received.media[0]?.sid}.json`;
  const forbidden = await call(path, viewer, 'DELETE');
  expect(forbidden.status).toBe(403);
  expect((await readError(path, forbidden)).code).toBe(20006);
  expect((await call(path, viewer)).status).toBe(200);
  const moderator = await createKey('deletes', 'moderator');
  expect((await call(path, moderator, 'DELETE')).status).toBe(204);
  expect((await call(path, viewer)).status).toBe(404);
});

test('a key opens with its own name alone, and no longer when it is revoked', async () => {
  const key = await createKey('short', 'viewer');
  const [, secret = ''] = atob(key.slice('Basic '.length)).split(':');
  expect((await call(media, key)).status).toBe(200);
  for (const name of ['long', '', ACCOUNT.sid, 'SHORT']) {
    expect((await call(media, basic(name, secret))).status).toBe(401);
  }
  await inbox.api('delete', '/api/v1/keys/short').expect(204);
  expect((await call(media, key)).status).toBe(401);
  expect((await call(media, basic('ADMIN_API_KEY', ADMIN_KEY))).status).toBe(200);
  const log = inbox.logLines.join('');
  expect(log).toContain('"caller":"short"');
  expect(log).not.toContain(secret);
  expect(log).not.toContain(ACCOUNT.authToken);
});

test('every token of an account opens it, and the scheme may be written in any case', async () => {
  await inbox.restart({ TWILIO_AUTH_TOKENS: `${ACCOUNT.sid}:a-new:token` });
  expect((await call(media, basic(ACCOUNT.sid, 'a-new:token'))).status).toBe(200);
  expect((await call(media, OWN.replace('Basic', 'bAsIc'))).status).toBe(200);
  expect((await call(media, basic(ACCOUNT.sid, 'a-new'))).status).toBe(401);
  await inbox.restart();
});

test('none of this was logged as an error of ours', () => {
  const errors = inbox.logLines.filter((line) => JSON.parse(line).level >= 50);
  expect(errors).toEqual([]);
});
