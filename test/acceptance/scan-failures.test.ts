import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { callAs } from '../support/call-as.ts';
import { type Answerer, startClassifier, type TestClassifier } from '../support/classifier.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let classifier: TestClassifier;
let inbox: TestInbox;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url, SCAN_TIMEOUT_SECONDS: '0.5' });
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});

let seed = 1000;
async function send() {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return media;
}

const shownOf = (media: MediaItem | undefined) =>
  classifier.shown.filter(({ headers }) => headers['x-media-sid'] === media?.sid);

const scanPart = async () => (await inbox.api('get', '/readyz').expect(200)).body.parts.scan;

/** Lines that it begins to fail, or answers again. */
const told = () =>
  inbox.logLines
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg.startsWith('the classifier '));

beforeEach(() => void classifier.shown.splice(0));

// What stays is asked about again while a later test lets the classifier fail, and counts there: after
// three failures in a row it is left alone for 15 s.
afterEach(async () => {
  const { items } = (await inbox.api('get', '/api/v1/media?state=stored&limit=100').expect(200))
    .body;
  for (const { sid } of items) await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
});

const status = (code: number): Answerer => {
  return (_shown, response) => void response.writeHead(code).end('{"action":"allow"}');
};
const body = (text: string): Answerer => {
  return (_shown, response) => void response.end(text);
};
const silent: Answerer = () => undefined;
const slow: Answerer = async (_shown, response) => {
  response.write('{"action":');
  for (const letter of '"allow"}'.padEnd(100)) {
    await wait(50);
    response.write(letter);
  }
};
const endless: Answerer = (_shown, response) => {
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};
const hangUp: Answerer = (_shown, response) => void response.socket?.destroy();
const elsewhere: Answerer = (_shown, response) => {
  response.writeHead(307, { location: '/allow' }).end();
};

test.each<[string, Answerer, number, RegExp, 'ours' | 'its']>([
  ['a server error', status(503), 3, /it answered 503$/, 'its'],
  ['too many requests', status(429), 3, /it answered 429$/, 'its'],
  ['a refusal', status(401), 1, /it answered 401$/, 'its'],
  ['a redirect', elsewhere, 1, /it answered 307$/, 'its'],
  ['a type that it does not know', status(415), 1, /it answered 415$/, 'ours'],
  ['a file that is too large', status(413), 1, /it answered 413$/, 'ours'],
  ['no JSON', body('<html>'), 1, /not JSON$/, 'ours'],
  ['an action that is none', body('{"action":"burn"}'), 1, /has invalid fields: action$/, 'ours'],
  [
    'labels without end',
    body(JSON.stringify({ action: 'allow', labels: Array(21).fill('x') })),
    1,
    /has invalid fields: labels$/,
    'ours',
  ],
  ['an answer without end', endless, 1, /longer than 65536 bytes$/, 'ours'],
  ['silence', silent, 3, /took longer than 0.5 s$/, 'its'],
  ['an answer that trickles', slow, 3, /took longer than 0.5 s$/, 'its'],
  ['a connection that breaks', hangUp, 3, /the request failed \(\w+\)$/, 'its'],
])('%s: the media is held, and says why', async (_name, answerer, questions, reason, fault) => {
  const toldBefore = told().length;
  classifier.answer(answerer);
  const media = await send();
  expect(media).toMatchObject({
    moderation: 'held',
    scan: null,
    decision: {
      by: 'system:scan',
      reasonCode: 'scan_failed',
      reason: expect.stringMatching(reason),
    },
  });
  expect(shownOf(media)).toHaveLength(questions);
  const degraded = /^degraded: the classifier of SCAN_URL fails: /;
  // What was found is shared for a second.
  await eventually(async () =>
    expect(await scanPart()).toMatch(fault === 'its' ? degraded : /^ok$/),
  );
  classifier.answer({ action: 'allow' });
  expect(await send()).toMatchObject({ moderation: 'visible' });
  await eventually(async () => expect(await scanPart()).toBe('ok'));
  const lines = told().slice(toldBefore);
  if (fault === 'ours') return expect(lines).toEqual([]);
  expect(lines[0]).toMatchObject({ level: 50, problem: expect.stringMatching(reason) });
  expect(lines.at(-1)).toMatchObject({ level: 40, msg: 'the classifier answers again' });
});

test('an error that passes is asked again, and then counts for nothing', async () => {
  // Each file twice.
  const failed = new Map<unknown, number>();
  classifier.answer((shown, response) => {
    const sha256 = shown.headers['x-media-sha256'];
    const times = failed.get(sha256) ?? 0;
    failed.set(sha256, times + 1);
    if (times < 2) return status(500)(shown, response);
    response.end('{"action":"allow"}');
  });
  const media = await send();
  expect(media).toMatchObject({ moderation: 'visible', decision: null });
  expect(shownOf(media)).toHaveLength(3);
});

test('one that is down holds up nobody: after a few tries it is left alone for a while', async () => {
  classifier.answer(silent);
  await Promise.all(Array.from({ length: 30 }, send));
  // Eight at once, and who comes later does not ask at all.
  expect(classifier.shown.length).toBeLessThan(40);
  expect(await send()).toMatchObject({ moderation: 'held' });
});

test('SCAN_FAILURE=allow lets through what it does not answer about', async () => {
  await inbox.restart({ SCAN_FAILURE: 'allow' });
  classifier.answer(status(500));
  expect(await send()).toMatchObject({ moderation: 'visible', decision: null, scan: null });
  expect(inbox.logLines.some((line) => line.includes('media not scanned'))).toBe(true);
});

test('nobody sees a preview while it is asked, though others with the same bytes have one', async () => {
  await inbox.restart({ SCAN_FAILURE: 'allow', SCAN_TIMEOUT_SECONDS: '100' });
  const attachments = [{ bytes: await smallPicture(7777), contentType: 'image/png' }];
  classifier.answer(status(401));
  const { message: first } = await inbox.receive({ attachments });
  const [shown] = await inbox.mediaOf(first.sid, 'stored');
  expect(shown?.preview).not.toBeNull();
  classifier.answer(silent);
  const { message: second } = await inbox.receive({ attachments });
  const [pending] = await eventually(async () => {
    const media = await inbox.mediaOf(second.sid, 'pending');
    expect(shownOf(media[0])).toHaveLength(1);
    return media;
  });
  expect(pending).toMatchObject({ sha256: shown?.sha256, preview: null, details: null });
  await inbox.api('get', `/api/v1/media/${pending?.sid}/thumbnail`).expect(404);
  await inbox.api('get', `/api/v1/media/${pending?.sid}/content`).expect(404);
  classifier.answer({ action: 'allow' });
});

test('SCAN_CONTENT=thumbnail shows the large thumbnail, whatever the type', async () => {
  await inbox.restart({ SCAN_CONTENT: 'thumbnail' });
  classifier.answer({ action: 'allow' });
  const media = await send();
  const { headers, body: shown } =
    classifier.shown.find(({ headers }) => headers['x-media-sid'] === media?.sid) ?? {};
  expect(headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-media-content': 'thumbnail' });
  const path = `/api/v1/media/${media?.sid}/thumbnail?size=large`;
  const large = await inbox.api('get', path).buffer(true).expect(200);
  expect(shown?.equals(large.body)).toBe(true);
});

test('nothing listens there: the media is held', async () => {
  const gone = await startClassifier();
  await gone.stop();
  await inbox.restart({ SCAN_URL: gone.url });
  expect(await send()).toMatchObject({
    moderation: 'held',
    decision: { reason: expect.stringMatching(/the request failed \(ECONNREFUSED\)$/) },
  });
  const told = inbox.logLines.filter((line) => line.includes('the classifier fails'));
  expect(told.join('')).toContain(new URL(gone.url).origin);
  expect(told.join('')).not.toContain('/classify?model=1');
});

test('a restart while it is being asked loses nothing', async () => {
  classifier.answer(silent);
  await inbox.restart({ SCAN_TIMEOUT_SECONDS: '100' });
  const attachments = [{ bytes: await smallPicture(9999), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  await eventually(async () => {
    const [pending] = await inbox.mediaOf(message.sid, 'pending');
    expect(shownOf(pending)).toHaveLength(1);
  });
  classifier.answer({ action: 'quarantine' });
  await inbox.restart();
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  expect(media).toMatchObject({ moderation: 'quarantined' });
});

test('together with MODERATION_MODE=hold, what it allows still waits for a moderator', async () => {
  await inbox.restart({ MODERATION_MODE: 'hold' });
  classifier.answer({ action: 'allow' });
  const media = await send();
  expect(media).toMatchObject({ moderation: 'held', decision: null });
  const asModerator = await callAs(inbox, 'moderator');
  classifier.answer({ action: 'hold', labels: ['doubtful'] });
  const doubtful = await send();
  expect(doubtful).toMatchObject({ moderation: 'held', scan: { labels: ['doubtful'] } });
  await asModerator('post', `/api/v1/media/${doubtful?.sid}/decision`)
    .send({ decision: 'approve' })
    .expect(200);
});
