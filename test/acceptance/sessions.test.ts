import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type BrowserSession,
  cookieOf,
  outcomeOf,
  postSession,
  SAME_ORIGIN,
  signIn,
} from '../support/browser-session.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SESSION = '/api/v1/session';

let inbox: TestInbox;
let viewerKey: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  viewerKey = await createKey('gallery', 'viewer');
});
afterAll(() => inbox.stop());

async function createKey(name: string, role: string): Promise<string> {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
  return body.secret;
}

async function newestAudit(action: string) {
  const { body } = await inbox.api('get', `/api/v1/audit?action=${action}&limit=1`).expect(200);
  return body.items[0];
}

const ENDED = [401, 'session_ended'];

test('a key signs in, and its secret cookie counts as the key from then on', async () => {
  const answer = await postSession(inbox, { key: viewerKey });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  const body = await answer.json();
  const hour = 3_600_000;
  expect(body).toMatchObject({ name: 'gallery', role: 'viewer' });
  expect(Date.parse(body.idleEndsAt) - Date.parse(body.createdAt)).toBe(12 * hour);
  expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(7 * 24 * hour);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^mms_inbox_session=[\w-]{43}; Path=\/; Expires=[^;]+ GMT; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(answer);
  const [, secret = ''] = cookie.split('=');
  expect(JSON.stringify(body), 'no script gets the secret').not.toContain(secret);

  const shown = await fetch(inbox.url + SESSION, { headers: { cookie } });
  expect(await shown.json()).toEqual(body);
  const whoami = await fetch(`${inbox.url}/api/v1/whoami`, { headers: { cookie } });
  expect(await whoami.json()).toMatchObject({
    name: 'gallery',
    role: 'viewer',
    signedInBy: 'session',
  });
  const { body: byKey } = await inbox.api('get', '/api/v1/whoami').expect(200);
  expect(byKey.signedInBy).toBe('key');
  expect(await newestAudit('session.begin')).toMatchObject({
    actor: 'gallery',
    target: body.id,
    after: { role: 'viewer', by: 'key' },
  });
  expect(inbox.logLines.join('')).not.toContain(secret);
});

test('a session may do what its key may, also where that is a stream or the metrics', async () => {
  const viewer = await signIn(inbox, viewerKey);
  const admin = await signIn(inbox);
  for (const path of ['/api/v1/media', '/api/v1/messages', '/api/v1/events']) {
    expect([path, (await outcomeOf(await viewer.call('GET', path)))[0]]).toEqual([path, 200]);
  }
  expect(await outcomeOf(await viewer.call('GET', '/api/v1/keys'))).toEqual([403, 'forbidden']);
  expect(await outcomeOf(await admin.call('GET', '/api/v1/keys'))).toEqual([200, null]);
  expect(await outcomeOf(await admin.call('POST', '/api/v1/media/retry'))).toEqual([202, null]);
  const proxied = { 'x-forwarded-for': '203.0.113.7', ...SAME_ORIGIN };
  expect((await admin.call('GET', '/metrics', proxied)).status).toBe(200);
  expect(await outcomeOf(await viewer.call('GET', '/metrics', proxied))).toEqual([
    403,
    'forbidden',
  ]);
});

test('a key in the header wins over the cookie, also a wrong one', async () => {
  const admin = await signIn(inbox);
  const withKey = (key: string, path: string) =>
    admin.call('GET', path, { authorization: `Bearer ${key}`, ...SAME_ORIGIN });
  expect(await (await withKey(viewerKey, '/api/v1/whoami')).json()).toMatchObject({
    name: 'gallery',
    signedInBy: 'key',
  });
  expect(await outcomeOf(await withKey('mmsi_nobodys', '/api/v1/media'))).toEqual([
    401,
    'unauthorized',
  ]);
  expect(await outcomeOf(await withKey(viewerKey, SESSION))).toEqual([401, 'unauthorized']);
  const basic = { authorization: 'Basic YTpi', ...SAME_ORIGIN };
  const behindProxy = await admin.call('GET', '/api/v1/media', basic);
  expect(behindProxy.status, 'the password of a proxy is none of ours').toBe(200);
});

test.each([
  ['by a page of the server', { 'sec-fetch-site': 'same-origin' }, true],
  ['by another subdomain', { 'sec-fetch-site': 'same-site' }, false],
  ['by another site', { 'sec-fetch-site': 'cross-site' }, false],
  ['by hand', { 'sec-fetch-site': 'none' }, false],
  ['by an old browser', { origin: 'OWN' }, true],
  ['by an old browser, of another origin', { origin: 'https://evil.example' }, false],
  ['by an old browser, of no origin', { origin: 'null' }, false],
  ['by an old browser, of another port', { origin: 'http://127.0.0.1:1' }, false],
  ['with nothing', {}, false],
  ['with a forged pair', { 'sec-fetch-site': 'cross-site', origin: 'OWN' }, false],
])('a change %s', async (_what, headers, isAccepted) => {
  const { call } = await signIn(inbox);
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? inbox.url : value]),
  );
  const expected = isAccepted ? [202, null] : [403, 'cross_origin'];
  expect(await outcomeOf(await call('POST', '/api/v1/media/retry', sent))).toEqual(expected);
});

test('pages of other origins cannot even embed what a session sees', async () => {
  const { call } = await signIn(inbox);
  const status = async (headers: Record<string, string>) =>
    (await outcomeOf(await call('GET', '/api/v1/media', headers))).join(' ');
  expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe('403 cross_origin');
  expect(await status({ 'sec-fetch-site': 'same-site' })).toBe('403 cross_origin');
  expect(await status({ origin: 'https://evil.example' })).toBe('403 cross_origin');
  for (const headers of [{}, { 'sec-fetch-site': 'none' }, SAME_ORIGIN]) {
    expect(await status(headers)).toBe('200 ');
  }
  const withKey = { 'sec-fetch-site': 'cross-site', authorization: `Bearer ${viewerKey}` };
  expect(await status(withKey), 'a key is sent on purpose').toBe('200 ');
});

test('signing out ends the session for everybody who has its cookie', async () => {
  const { cookie, id, call } = await signIn(inbox, viewerKey);
  expect(await outcomeOf(await call('DELETE', SESSION, {}))).toEqual([403, 'cross_origin']);
  for (const _time of ['first', 'again']) {
    const answer = await call('DELETE', SESSION);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^mms_inbox_session=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict$/,
    );
  }
  for (const path of [SESSION, '/api/v1/media', '/api/v1/events']) {
    expect(await outcomeOf(await fetch(inbox.url + path, { headers: { cookie } }))).toEqual(ENDED);
  }
  expect(await newestAudit('session.end')).toMatchObject({ actor: 'gallery', target: id });
  expect((await fetch(inbox.url + SESSION, { method: 'DELETE' })).status).toBe(204);
  expect(await outcomeOf(await fetch(inbox.url + SESSION))).toEqual([401, 'unauthorized']);
});

test('what is no cookie of a session opens nothing', async () => {
  const { cookie, id } = await signIn(inbox);
  const [name = '', secret = ''] = cookie.split('=');
  const garbage = [
    '',
    'x',
    id,
    secret.slice(0, -1),
    `${secret}x`,
    `"${secret}"`,
    secret.toLowerCase(),
    'A'.repeat(43),
    'A'.repeat(10_000),
    '%00',
    ADMIN_KEY,
    '\u00ff\u00fe',
    '=; =',
  ].map((value) => `${name}=${value}`);
  const several = [`${cookie}; ${cookie}`, `${cookie}; ${name}=x`, `${name}=x; ${cookie}`];
  for (const sent of [...garbage, ...several]) {
    const answer = await fetch(`${inbox.url}/api/v1/media`, { headers: { cookie: sent } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mms-inbox"');
    expect([sent, await outcomeOf(answer)]).toEqual([sent, ENDED]);
  }
  for (const sent of [`__Host-${cookie}`, `x${cookie}`, secret, `other=${secret}`]) {
    const answer = await fetch(`${inbox.url}/api/v1/media`, { headers: { cookie: sent } });
    expect([sent, await outcomeOf(answer)]).toEqual([sent, [401, 'unauthorized']]);
  }
  const among = await fetch(`${inbox.url}/api/v1/media`, {
    headers: { cookie: `theme=dark;${cookie};;lang=en` },
  });
  expect(among.status).toBe(200);
});

test('a secret that somebody else chose is never taken, and the session before it ends', async () => {
  const chosen = `mms_inbox_session=${'B'.repeat(43)}`;
  const answer = await postSession(inbox, { key: ADMIN_KEY }, { ...SAME_ORIGIN, cookie: chosen });
  expect(answer.status).toBe(201);
  const first = cookieOf(answer);
  expect(first).not.toBe(chosen);
  const mediaWith = async (cookie: string) =>
    outcomeOf(await fetch(`${inbox.url}/api/v1/media`, { headers: { cookie } }));
  expect(await mediaWith(chosen)).toEqual(ENDED);
  const second = await postSession(inbox, { key: viewerKey }, { ...SAME_ORIGIN, cookie: first });
  expect(await mediaWith(first)).toEqual(ENDED);
  expect(await mediaWith(cookieOf(second))).toEqual([200, null]);
});

test('by https the cookie is Secure, and no other host can have set it', async () => {
  const https = { 'x-forwarded-proto': 'https', ...SAME_ORIGIN };
  const isHttps =
    /^__Host-mms_inbox_session=[\w-]{43}; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/;
  const setBy = async (headers: Record<string, string>) => {
    const answer = await postSession(inbox, { key: viewerKey }, headers);
    return String(answer.headers.get('set-cookie'));
  };
  expect(await setBy(https), 'no proxy is trusted').toMatch(/^mms_inbox_session=/);
  try {
    await inbox.restart({ TRUST_PROXY: 'loopback' });
    expect(await setBy(https)).toMatch(isHttps);
    expect(await setBy(SAME_ORIGIN)).toMatch(/^mms_inbox_session=/);
    await inbox.restart({ PUBLIC_URL: 'https://mms.example.com' });
    expect(await setBy(SAME_ORIGIN)).toMatch(isHttps);
    const { cookie, call } = await signIn(inbox, viewerKey);
    expect((await call('GET', SESSION)).status).toBe(200);
    const plain = cookie.replace('__Host-', '');
    const answer = await fetch(inbox.url + SESSION, { headers: { cookie: plain } });
    expect(answer.status, 'a name that other hosts can set does not count').toBe(401);
    const own = { origin: 'https://mms.example.com' };
    expect((await call('DELETE', SESSION, own)).status).toBe(204);
  } finally {
    await inbox.restart();
  }
});

test.each([
  [{}, 'body'],
  [{ key: '' }, 'key'],
  [{ key: 7 }, 'key'],
  [{ key: ADMIN_KEY, ticket: 'x' }, 'body'],
  [{ key: ADMIN_KEY, role: 'admin' }, 'role'],
])('a sign-in with %j is refused, naming %s', async (body, field) => {
  const answer = await postSession(inbox, body);
  expect(answer.status).toBe(400);
  expect((await answer.json()).errors).toMatchObject([{ field }]);
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('no page of another origin can sign a browser in', async () => {
  const other = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of other) {
    const answer = await postSession(inbox, { key: ADMIN_KEY }, headers);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await outcomeOf(answer)).toEqual([403, 'cross_origin']);
  }
  const form = await postSession(inbox, { key: ADMIN_KEY }, { 'content-type': 'text/plain' });
  expect(await outcomeOf(form)).toEqual([415, 'unsupported_media_type']);
  const long = await postSession(inbox, { key: 'x'.repeat(10_000) });
  expect(await outcomeOf(long)).toEqual([413, 'body_too_large']);
  expect((await postSession(inbox, { key: ADMIN_KEY }, {})).status, 'a program').toBe(201);
});

test('admins see all sessions and end those of others, and an id opens nothing', async () => {
  const mine = await signIn(inbox);
  const others = await Promise.all([1, 2].map(() => signIn(inbox, viewerKey)));
  const listed: { id: string; name: string }[] = [];
  for (let path = '/api/v1/sessions?limit=2'; ; ) {
    const { body, text } = await inbox.api('get', path).expect(200);
    expect(text).not.toMatch(/secret|hash/i);
    listed.push(...body.items);
    if (body.nextCursor === null) break;
    path = `/api/v1/sessions?limit=2&cursor=${body.nextCursor}`;
  }
  const ids = listed.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([mine.id, ...others.map(({ id }) => id)]));
  expect(listed.find(({ id }) => id === mine.id)?.name).toBe('ADMIN_API_KEY');

  const [revoked, kept] = others as [BrowserSession, BrowserSession];
  const path = `/api/v1/sessions/${revoked.id}`;
  expect(await outcomeOf(await kept.call('DELETE', path))).toEqual([403, 'forbidden']);
  expect((await mine.call('DELETE', path)).status).toBe(204);
  expect(await outcomeOf(await revoked.call('GET', SESSION))).toEqual(ENDED);
  expect((await kept.call('GET', SESSION)).status).toBe(200);
  await inbox.api('delete', path).expect(404);
  await inbox.api('delete', '/api/v1/sessions/nonsense').expect(400);
  expect(await newestAudit('session.revoke')).toMatchObject({
    actor: 'ADMIN_API_KEY',
    target: revoked.id,
    before: { name: 'gallery' },
  });
});

test('sessions end with their key, and so do the streams that they have opened', async () => {
  const key = await createKey('leaving', 'viewer');
  const { id, call } = await signIn(inbox, key);
  const stream = await call('GET', '/api/v1/events');
  const ticket = await (await call('POST', '/api/v1/events/tickets')).json();
  const ended = stream.text();
  await inbox.api('delete', '/api/v1/keys/leaving').expect(204);
  expect(await outcomeOf(await call('GET', '/api/v1/media'))).toEqual(ENDED);
  expect(await outcomeOf(await fetch(ticket.url))).toEqual([403, 'ticket_invalid']);
  const { body } = await inbox.api('get', '/api/v1/sessions?limit=200').expect(200);
  expect(body.items.map((item: { id: string }) => item.id)).not.toContain(id);
  expect(await ended).toContain('retry: 2000');
}, 60_000);

test('a session that has ended takes its tickets and streams along', async () => {
  const { call } = await signIn(inbox, viewerKey);
  const ticketUrl = async () =>
    (await (await call('POST', '/api/v1/events/tickets')).json()).url as string;
  const unused = await ticketUrl();
  const streams = [await call('GET', '/api/v1/events'), await fetch(await ticketUrl())];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  const ended = Promise.all(streams.map((stream) => stream.text()));
  expect((await call('DELETE', SESSION)).status).toBe(204);
  expect(await outcomeOf(await fetch(unused))).toEqual([403, 'ticket_invalid']);
  expect(await ended).toHaveLength(2);
}, 60_000);

test('sessions survive a restart; those of an ADMIN_API_KEY that was replaced do not', async () => {
  const admin = await signIn(inbox);
  const viewer = await signIn(inbox, viewerKey);
  try {
    await inbox.restart({ ADMIN_API_KEY: 'another-admin-key-for-tests' });
    expect(await outcomeOf(await admin.call('GET', SESSION))).toEqual(ENDED);
    expect(await outcomeOf(await viewer.call('GET', SESSION))).toEqual([200, null]);
    await inbox.restart({ ADMIN_API_KEY: '' });
    expect(await outcomeOf(await admin.call('GET', SESSION))).toEqual(ENDED);
  } finally {
    await inbox.restart();
  }
  expect(await outcomeOf(await admin.call('GET', SESSION))).toEqual([200, null]);
});

test('a link signs in once, within ten minutes', async () => {
  const { body } = await checkedRequest(inbox.url, 'post', `${SESSION}/links`)
    .set('Authorization', `Bearer ${ADMIN_KEY}`)
    .expect(201);
  expect(body.url).toBe(`${inbox.url}/#ticket=${body.ticket}`);
  const minutes = (Date.parse(body.expiresAt) - Date.now()) / 60_000;
  expect(Math.abs(minutes - 10)).toBeLessThan(1);
  const tries = await Promise.all(
    Array.from({ length: 8 }, () => postSession(inbox, { ticket: body.ticket })),
  );
  const outcomes = await Promise.all(tries.map((answer) => outcomeOf(answer)));
  expect(outcomes.filter(([status]) => status === 201)).toHaveLength(1);
  expect(outcomes.filter(([, code]) => code === 'ticket_invalid')).toHaveLength(7);
  expect(await newestAudit('session.begin')).toMatchObject({
    actor: 'ADMIN_API_KEY',
    after: { role: 'admin', by: 'ticket' },
  });
  expect(await newestAudit('session.link')).toMatchObject({ actor: 'ADMIN_API_KEY' });
  expect(inbox.logLines.join('')).not.toContain(body.ticket);

  const { call } = await signIn(inbox);
  const bySession = await call('POST', `${SESSION}/links`);
  expect(await outcomeOf(bySession), 'a stolen session must not outlive its end').toEqual([
    403,
    'forbidden',
  ]);
  const { body: stream } = await inbox.api('post', '/api/v1/events/tickets').expect(201);
  const ofStream = new URL(stream.url).searchParams.get('ticket');
  for (const ticket of [ofStream, 'x', `mmst_${'A'.repeat(43)}`, '\0']) {
    const answer = await postSession(inbox, { ticket });
    expect(await outcomeOf(answer)).toEqual([403, 'ticket_invalid']);
  }
  expect((await fetch(stream.url)).status, 'it still opens its stream').toBe(200);
});

test('the Twilio-shaped API and the webhook know no sessions', async () => {
  const { call } = await signIn(inbox);
  const messages = `/2010-04-01/Accounts/AC${'a1'.repeat(16)}/Messages.json`;
  expect((await call('GET', messages)).status).toBe(401);
  const webhook = await call('GET', '/twilio/incoming');
  expect(await outcomeOf(webhook)).toEqual([400, 'signature_missing']);
});

test('CORS gives no session to another origin', async () => {
  const { call } = await signIn(inbox);
  const origin = 'https://tool.example.com';
  try {
    await inbox.restart({ API_ORIGINS: origin });
    const asked = await fetch(inbox.url + SESSION, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'DELETE' },
    });
    const got = await call('GET', '/api/v1/media', { origin, 'sec-fetch-site': 'same-site' });
    for (const { headers } of [asked, got]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    expect(await outcomeOf(got)).toEqual([403, 'cross_origin']);
    const signedIn = await postSession(inbox, { key: ADMIN_KEY }, { origin });
    expect(await outcomeOf(signedIn)).toEqual([403, 'cross_origin']);
  } finally {
    await inbox.restart();
  }
});

test('a flood of wrong keys is answered late and logged briefly, and keeps no right key out', async () => {
  await inbox.restart();
  const before = inbox.logLines.length;
  const wrong = () => postSession(inbox, { key: 'mmsi_nobodys' });
  for (let n = 0; n < 20; n += 1) expect((await wrong()).status).toBe(401);
  const began = performance.now();
  const bearer = { authorization: `Bearer mmsi_${'A'.repeat(43)}` };
  const later = await Promise.all([
    ...Array.from({ length: 20 }, wrong),
    ...Array.from({ length: 20 }, () => fetch(`${inbox.url}/api/v1/media`, { headers: bearer })),
  ]);
  expect(performance.now() - began).toBeGreaterThan(240);
  expect(new Set(later.map(({ status }) => status))).toEqual(new Set([401]));
  expect((await postSession(inbox)).status).toBe(201);
  await inbox.api('get', '/api/v1/media').expect(200);
  await eventually(async () => {
    const logged = inbox.logLines.slice(before).map((line) => JSON.parse(line));
    expect(logged.filter(({ res }) => res?.status === 401)).toHaveLength(20);
    expect(logged.filter(({ msg }) => msg.startsWith('further refusals'))).toHaveLength(1);
  });
});

test('the list says in which browser somebody has signed in, without its version', async () => {
  const userAgent = 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0';
  const headers = { ...SAME_ORIGIN, 'user-agent': userAgent };
  const begun = await (await postSession(inbox, { key: viewerKey }, headers)).json();
  expect(begun.browser).toBe('Firefox on Windows');
  const { body } = await inbox.api('get', '/api/v1/sessions?limit=200').expect(200);
  const listed = body.items.find(({ id }: { id: string }) => id === begun.id);
  expect(listed).toMatchObject({ browser: 'Firefox on Windows' });
  expect(JSON.stringify(body)).not.toContain('145.0');
});
