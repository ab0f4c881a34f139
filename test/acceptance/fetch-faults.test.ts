import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MAX_BYTES = 20_000;

let inbox: TestInbox;
/** A service inside the network that no download may ever reach. */
let inside: Server;
let insidePort: number;
let insideConnections = 0;
let seeds = 0;
/** A message whose only attachment has no bytes: what becomes of it takes half a minute. */
let emptyMessageSid: string;

beforeAll(async () => {
  inbox = await startTestInbox({ MEDIA_MAX_BYTES: String(MAX_BYTES) });
  inside = createServer((_request, response) => response.end('secret'));
  inside.on('connection', () => {
    insideConnections += 1;
  });
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  insidePort = (inside.address() as AddressInfo).port;
  const empty = { bytes: Buffer.alloc(0), contentType: 'image/png' };
  emptyMessageSid = (await inbox.receive({ attachments: [empty] })).message.sid;
});
afterAll(async () => {
  inside.close();
  await inbox.stop();
});

/** Receives one small picture that goes wrong in these ways. */
async function receiveFaulty(...faults: AttachmentFault[]) {
  seeds += 1;
  const attachment = { bytes: await smallPicture(seeds), contentType: 'image/png', faults };
  const { message, answer } = await inbox.receive({ attachments: [attachment] });
  expect(answer.status).toBe(200);
  return { messageSid: message.sid, sid: message.media[0]?.sid ?? '' };
}

async function item(sid: string): Promise<MediaItem> {
  return (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body;
}

function requestsFor(sid: string, server: 'api' | 'media') {
  return inbox.twilio.requests.filter((one) => one.server === server && one.mediaSid === sid);
}

test('a 404 right after the webhook is told in words and over within seconds', async () => {
  const { messageSid, sid } = await receiveFaulty({ kind: 'not-found', times: 2 });
  const waiting = await eventually(async () => {
    const now = await item(sid);
    expect(now.attempts).toBeGreaterThan(0);
    return now;
  });
  expect(waiting).toMatchObject({
    state: 'pending',
    reason: 'Twilio answered 404: the media is not there yet or was deleted',
    contentType: null,
    sha256: null,
    storedAt: null,
  });
  const wait = Date.parse(String(waiting.nextAttemptAt)) - Date.parse(String(waiting.receivedAt));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThan(15_000);

  const [stored] = await inbox.mediaOf(messageSid, 'stored');
  expect(stored).toMatchObject({ attempts: 3, reason: null, nextAttemptAt: null });
  expect(requestsFor(sid, 'api').map(({ status }) => status)).toEqual([404, 404, 307]);
});

test.each<[string, AttachmentFault, 'api' | 'media', RegExp]>([
  [
    'the API has a problem',
    { kind: 'status', status: 500, times: 1 },
    'api',
    /Twilio answered 500/,
  ],
  [
    'the media host has a problem',
    { kind: 'media-status', status: 503, times: 1 },
    'media',
    /media host answered 503/,
  ],
  ['the link has expired', { kind: 'media-status', status: 403, times: 1 }, 'media', /has expired/],
  ['the file is cut short', { kind: 'cut', afterBytes: 20, times: 1 }, 'media', /before the whole/],
])('when %s, it is tried again', async (_name, fault, server, reason) => {
  const { messageSid, sid } = await receiveFaulty(fault);
  const seen = await eventually(async () => {
    const now = await item(sid);
    expect(now.reason).toMatch(reason);
    return now;
  });
  expect(seen).toMatchObject({ state: 'pending', attempts: 1 });
  const [stored] = await inbox.mediaOf(messageSid, 'stored');
  expect(stored).toMatchObject({ attempts: 2, preview: { kind: 'image' } });
  expect(requestsFor(sid, server)).toHaveLength(2);
});

test('429 is not asked again before its Retry-After', async () => {
  const fault = { kind: 'status', status: 429, retryAfterSeconds: 2, times: 1 } as const;
  const { messageSid, sid } = await receiveFaulty(fault);
  await inbox.mediaOf(messageSid, 'stored');
  const [first, second] = requestsFor(sid, 'api').map(({ at }) => at.getTime());
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
});

test('what the bytes are counts, not what anybody calls them', async () => {
  const faults = [{ kind: 'wrong-type', contentType: 'text/html' }] as const;
  const png = {
    bytes: await smallPicture(5_000),
    contentType: 'image/png',
    declaredContentType: 'image/jpeg',
    faults: [...faults],
  };
  const { message } = await inbox.receive({ attachments: [png] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  expect(media).toMatchObject({ contentType: 'image/png', declaredContentType: 'image/jpeg' });
  const content = await inbox.api('get', `/api/v1/media/${media?.sid}/content`).expect(200);
  expect(content.headers['content-type']).toBe('image/png');
});

const refusedRedirects: [string, () => string, RegExp][] = [
  ['a host not on the list', () => 'https://evil.example/a?b=c', /evil\.example is not among/],
  ['a name like a listed one', () => 'https://mms.twiliocdn.com.evil.example/', /evil\.example/],
  ['the metadata service', () => 'http://169.254.169.254/latest/', /169\.254\.169\.254/],
  ['the metadata service by https', () => 'https://169.254.169.254/', /169\.254\.169\.254/],
  ['another port of this machine', () => `http://127.0.0.1:${insidePort}/`, /127\.0\.0\.1/],
  ['localhost', () => `http://localhost:${insidePort}/`, /localhost/],
  ['IPv6 loopback', () => `http://[::1]:${insidePort}/`, /\[::1\]/],
  ['IPv4 inside IPv6', () => `http://[::ffff:127.0.0.1]:${insidePort}/`, /\[::ffff:7f00:1\]/],
  ['an address as one number', () => `http://2130706433:${insidePort}/`, /127\.0\.0\.1/],
  ['a short address', () => `http://127.1:${insidePort}/`, /127\.0\.0\.1/],
  ['the listed host as user name', () => `http://${inbox.twilio.mediaHost}@evil.example/`, /user/],
  ['the API itself', () => `${inbox.twilio.apiBaseUrl}/2010-04-01/Accounts.json`, /API itself/],
  ['a file', () => 'file:///etc/passwd', /https/],
];

test.each(refusedRedirects)('a redirect to %s is not followed', async (_name, location, reason) => {
  const { messageSid, sid } = await receiveFaulty({ kind: 'redirect', location: location() });
  const [failed] = await inbox.mediaOf(messageSid, 'failed');
  expect(failed).toMatchObject({ state: 'failed', attempts: 1, nextAttemptAt: null });
  expect(failed?.reason).toMatch(/^The redirect was not followed: /);
  expect(failed?.reason).toMatch(reason);
  expect(failed?.reason).not.toMatch(/latest|passwd|b=c/);
  expect(requestsFor(sid, 'media')).toEqual([]);
  expect(insideConnections).toBe(0);
});

test('a file over the limit fails for good, one of just that size is stored', async () => {
  const sizes = [MAX_BYTES + 1, MAX_BYTES];
  const attachments = sizes.map((size) => ({
    bytes: Buffer.alloc(size, 'text '),
    contentType: 'text/plain',
  }));
  const { message } = await inbox.receive({ attachments });
  const [large, fits] = await inbox.mediaOf(message.sid, 'stored', 'failed');
  expect(large).toMatchObject({
    state: 'failed',
    reason: `The file is larger than the limit of ${MAX_BYTES} bytes`,
  });
  expect(fits).toMatchObject({ state: 'stored', byteSize: MAX_BYTES });
  const content = await inbox.api('get', `/api/v1/media/${large?.sid}/content`).expect(404);
  expect(content.body).toMatchObject({ code: 'media_not_stored' });
});

test.each(['gzip', 'br'] as const)(
  'a file that comes as %s, unasked, is stored',
  async (encoding) => {
    const { messageSid, sid } = await receiveFaulty({ kind: 'compressed', encoding });
    const [stored] = await inbox.mediaOf(messageSid, 'stored');
    expect(stored).toMatchObject({ contentType: 'image/png', attempts: 1, reason: null });
    const content = await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
    expect(content.body).toEqual(await smallPicture(seeds));
  },
);

test('one that unpacks to more than the limit fails at once', async () => {
  const bomb = {
    bytes: Buffer.alloc(MAX_BYTES + 1),
    contentType: 'image/png',
    faults: [{ kind: 'compressed', encoding: 'gzip' } as const],
  };
  const { message } = await inbox.receive({ attachments: [bomb] });
  const [failed] = await inbox.mediaOf(message.sid, 'failed');
  expect(failed?.reason).toBe(`The file is larger than the limit of ${MAX_BYTES} bytes`);
});

test('credentials go to the API alone', async () => {
  const { messageSid, sid } = await receiveFaulty();
  await inbox.mediaOf(messageSid, 'stored');
  expect(requestsFor(sid, 'api')).toMatchObject([{ authorized: true, status: 307 }]);
  expect(requestsFor(sid, 'media')).toMatchObject([{ authorized: false, status: 200 }]);
  const atMediaHost = inbox.twilio.requests.filter(({ server }) => server === 'media');
  expect(atMediaHost.some(({ authorized }) => authorized)).toBe(false);
});

test('a media host that hangs does not delay the next answer', async () => {
  const hanging: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    seeds += 1;
    const bytes = await smallPicture(seeds);
    const faults: AttachmentFault[] = [{ kind: 'hang' }];
    const attachments = [{ bytes, contentType: 'image/png', faults }];
    const { message, answer } = await inbox.receive({ attachments });
    expect(answer.status).toBe(200);
    const sid = message.media[0]?.sid ?? '';
    hanging.push(sid);
    await eventually(async () => expect(requestsFor(sid, 'media')).toHaveLength(1));
  }
  // All answered, and not one of the downloads has come to an end.
  for (const sid of hanging) {
    expect(requestsFor(sid, 'media')).toMatchObject([{ status: null, completed: false }]);
    expect(await item(sid)).toMatchObject({ state: 'pending', attempts: 0 });
  }
});

test('an empty file is told as such, tried a few times, and has failed within the minute', async () => {
  const [failed] = await inbox.mediaOf(emptyMessageSid, 'failed');
  expect(failed).toMatchObject({
    reason: 'The file came without a single byte',
    nextAttemptAt: null,
  });
  expect(failed?.attempts).toBeGreaterThan(3);
  const tries = requestsFor(failed?.sid ?? '', 'media').map(({ at }) => at.getTime());
  expect(Math.max(...tries) - Math.min(...tries)).toBeLessThan(60_000);
});
