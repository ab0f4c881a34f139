import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem, MessageItem } from '../../src/gallery/item-schemas.ts';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ANA = '+14155550101';
const BEN = 'whatsapp:+4915112345678';
const DESK = '+14155550100';
const SHOP = '+14155550200';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

let inbox: TestInbox;
/** Every media, as the API tells it, in the order it should list them. */
let all: MediaItem[];

beforeAll(async () => {
  inbox = await startTestInbox();
  const sids: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    const [from, to] = [n % 2 === 0 ? ANA : BEN, n < 4 ? DESK : SHOP];
    sids.push(await receiveThree(from, to, n));
  }
  all = await inOrder(sids);
});
afterAll(() => inbox.stop());

/** A picture, a note and one that goes wrong: fails for good, or hangs in the last message. */
async function receiveThree(from: string, to: string, n: number): Promise<string> {
  const fault: AttachmentFault =
    n === 7 ? { kind: 'hang' } : { kind: 'redirect', location: 'https://evil.example/' };
  const attachments = [
    { bytes: await smallPicture(n), contentType: 'image/png' },
    { bytes: Buffer.from(`note ${n}`), contentType: 'text/plain' },
    { bytes: Buffer.from(`lost ${n}`), contentType: 'image/jpeg', faults: [fault] },
  ];
  const { message } = await inbox.receive({ from, to, body: `body ${n}`, attachments });
  return message.sid;
}

async function inOrder(messageSids: string[]): Promise<MediaItem[]> {
  const media = await Promise.all(messageSids.map(settled));
  return media
    .flat()
    .sort(
      (a, b) =>
        String(b.receivedAt).localeCompare(String(a.receivedAt)) ||
        b.messageSid.localeCompare(a.messageSid) ||
        a.index - b.index,
    );
}

/** The media of a message once the first two are stored and the third is as it stays. */
function settled(messageSid: string, n: number): Promise<MediaItem[]> {
  return eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/messages/${messageSid}`).expect(200);
    const states = body.media.map(({ state }: MediaItem) => state);
    expect(states).toEqual(['stored', 'stored', n === 7 ? 'pending' : 'failed']);
    return body.media;
  });
}

async function page<T = MediaItem>(query: object, path = '/api/v1/media'): Promise<Page<T>> {
  return (await inbox.api('get', path).query(query).expect(200)).body;
}

/** Turns pages to the end; `between` runs after each. */
async function turn<T>(query: object, path: string, between = async () => {}): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | null = null;
  do {
    const one: Page<T> = await page<T>({ ...query, ...(cursor === null ? {} : { cursor }) }, path);
    pages.push(one.items);
    cursor = one.nextCursor;
    await between();
  } while (cursor !== null);
  return pages;
}

/** Without what changes with each try to fetch the one that hangs. */
const withoutTries = (items: MediaItem[]) =>
  items.map(({ attempts, nextAttemptAt, reason, firstTriedAt, ...rest }) =>
    rest.state === 'pending' ? rest : { ...rest, attempts, nextAttemptAt, reason, firstTriedAt },
  );

const sidsOf = (items: { sid: string }[]) => items.map(({ sid }) => sid);

test('the list is newest first, attachments of a message in their order', async () => {
  const { items, nextCursor } = await page({});
  expect(withoutTries(items)).toEqual(withoutTries(all));
  expect(nextCursor).toBeNull();
});

test('an item tells everything of the contract', async () => {
  const stored = all.find(({ state, index }) => state === 'stored' && index === 0);
  expect(stored).toEqual({
    sid: expect.stringMatching(/^ME[0-9a-f]{32}$/),
    messageSid: expect.stringMatching(/^MM[0-9a-f]{32}$/),
    accountSid: ACCOUNT.sid,
    index: 0,
    state: 'stored',
    reason: null,
    failureCode: null,
    attempts: 1,
    nextAttemptAt: null,
    moderation: 'visible',
    pinned: false,
    decision: null,
    scan: null,
    nextScanAt: null,
    contentType: 'image/png',
    declaredContentType: 'image/png',
    fileName: null,
    byteSize: expect.any(Number),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    width: 32,
    height: 32,
    preview: {
      kind: 'image',
      reason: null,
      thumbhash: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      sizes: Object.fromEntries(
        ['small', 'medium', 'large'].map((size) => [
          size,
          { width: 32, height: 32, byteSize: expect.any(Number) },
        ]),
      ),
    },
    renditions: [{ as: 'picture', page: 1, pages: 1, state: 'possible', reason: null }],
    details: {},
    from: BEN,
    to: SHOP,
    body: 'body 7',
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    firstTriedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    fetchedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    storedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    deletedAt: null,
  });
  const one = await inbox.api('get', `/api/v1/media/${stored?.sid}`).expect(200);
  expect(one.body).toEqual(stored);
});

test.each([1, 5, 7, 24, 200])('pages of %i have every item once, in order', async (limit) => {
  const pages = await turn<MediaItem>({ limit }, '/api/v1/media');
  expect(sidsOf(pages.flat())).toEqual(sidsOf(all));
  expect(pages.length).toBe(Math.ceil(all.length / limit));
});

test('what arrives between two pages moves nothing', async () => {
  const from = '+14155550999';
  const pages = await turn<MediaItem>({ limit: 6 }, '/api/v1/media', async () => {
    const { message } = await inbox.receive({
      from,
      to: '+14155550300',
      attachments: [{ bytes: Buffer.from('one more'), contentType: 'text/plain' }],
    });
    await inbox.mediaOf(message.sid, 'stored');
  });
  expect(pages.length).toBe(4);
  expect(sidsOf(pages.flat())).toEqual(sidsOf(all));
  expect((await page({ from })).items).toHaveLength(4);
  for (const { sid } of (await page({ from })).items) {
    await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  }
  expect(sidsOf((await page({})).items), 'deleted media are not listed').toEqual(sidsOf(all));
  const deleted = (await page({ state: 'deleted' })).items;
  expect(deleted).toHaveLength(4);
  expect(deleted[0]).toMatchObject({ state: 'deleted', from: null, to: null, body: null });
});

const middle = () => String(all[12]?.receivedAt);
const filters: [string, () => object, (item: MediaItem) => boolean][] = [
  ['state=stored', () => ({ state: 'stored' }), ({ state }) => state === 'stored'],
  ['state=failed', () => ({ state: 'failed' }), ({ state }) => state === 'failed'],
  ['state=pending', () => ({ state: 'pending' }), ({ state }) => state === 'pending'],
  ['from', () => ({ from: ANA }), ({ from }) => from === ANA],
  ['from of WhatsApp', () => ({ from: BEN }), ({ from }) => from === BEN],
  ['to', () => ({ to: SHOP }), ({ to }) => to === SHOP],
  [
    'contentType',
    () => ({ contentType: 'text/plain' }),
    (item) => item.contentType === 'text/plain',
  ],
  [
    'contentType prefix',
    () => ({ contentType: 'image/' }),
    (item) => item.contentType === 'image/png',
  ],
  [
    'messageSid',
    () => ({ messageSid: all[9]?.messageSid }),
    (i) => i.messageSid === all[9]?.messageSid,
  ],
  ['receivedAfter', () => ({ receivedAfter: middle() }), (i) => String(i.receivedAt) >= middle()],
  ['receivedBefore', () => ({ receivedBefore: middle() }), (i) => String(i.receivedAt) < middle()],
  ['a day', () => ({ receivedAfter: '2020-01-01' }), () => true],
  ['a day long ago', () => ({ receivedBefore: '2020-01-01' }), () => false],
  [
    'several at once',
    () => ({ from: ANA, to: DESK, state: 'stored', contentType: 'image' }),
    (i) => i.from === ANA && i.to === DESK && i.state === 'stored' && i.contentType === 'image/png',
  ],
  ['a sender nobody knows', () => ({ from: '+19' }), () => false],
];

test.each(filters)('filter: %s', async (_name, query, matches) => {
  const expected = sidsOf(all.filter(matches));
  expect(sidsOf((await page(query())).items)).toEqual(expected);
  const pages = await turn<MediaItem>({ ...query(), limit: 2 }, '/api/v1/media');
  expect(sidsOf(pages.flat())).toEqual(expected);
});

test('a date-time with an offset means the same moment', async () => {
  const moment = new Date(Date.parse(middle()) + 2 * 3_600_000).toISOString();
  const receivedAfter = moment.replace('Z', '+02:00');
  expect(sidsOf((await page({ receivedAfter })).items)).toEqual(
    sidsOf((await page({ receivedAfter: middle() })).items),
  );
});

test('messages are listed the same way, with their media', async () => {
  const query = { to: DESK, limit: 3, receivedAfter: '2020-01-01' };
  const pages = await turn<MessageItem>(query, '/api/v1/messages');
  expect(pages.map((items) => items.length)).toEqual([3, 1]);
  const messages = pages.flat();
  expect(messages.map(({ body }) => body)).toEqual(['body 3', 'body 2', 'body 1', 'body 0']);
  expect(sidsOf(messages.flatMap(({ media }) => media))).toEqual(
    sidsOf(all.filter(({ to }) => to === DESK)),
  );
  const one = await inbox.api('get', `/api/v1/messages/${messages[0]?.sid}`).expect(200);
  expect(one.body).toEqual(messages[0]);
  const bens = await page<MessageItem>({ from: BEN }, '/api/v1/messages');
  expect(bens.items.map(({ body }) => body)).toEqual(['body 7', 'body 5', 'body 3', 'body 1']);
});
