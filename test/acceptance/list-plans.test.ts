import supertest from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { type Inbox, startInbox } from '../../src/server/inbox.ts';
import { apiRoutes } from '../support/api-routes.ts';
import { tellingPicture } from '../support/distinct-picture.ts';
import {
  countLookups,
  expectBoundedReads,
  type RecordedStatements,
  recordStatements,
} from '../support/query-plans.ts';
import { seedInbox } from '../support/seed-inbox.ts';
import { SEEDED, SEEDED_SINCE, seededSid } from '../support/seed-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

// Statements of every list, as they are really sent, on tables that are large: what each reads is bounded,
// however few rows its filters match. On the embedded database a webhook waits for every statement.

const ROWS = 100_000;
/** A window of a thousand rows, and one for each filter that could lead; or what belongs to a page. */
const MAX_ROWS_READ = 8_000;
/**
 * Windows that are only counted are larger, and some filters read a second row for each. Where an index has no more
 * than twice a window, PostgreSQL may read all of it as a bitmap, each row in the index and in the table, and sort it.
 */
const MAX_ROWS_COUNTED = 22_000;
const ADMIN_KEY = 'admin-key-for-tests';

let files: TestDatabase;
let inbox: Inbox;

let statements: RecordedStatements;
let picture: Buffer;

beforeAll(async () => {
  picture = await tellingPicture(1);
  files = await createTestDatabase();
  const database = await openDatabase(files, createLogger('silent'));
  await seedInbox(database, ROWS);
  await database.close();
  statements = recordStatements();
  const { config } = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: files.dataDir,
    DATABASE_URL: files.databaseUrl,
    TWILIO_ACCOUNT_SID: SEEDED.account,
    TWILIO_AUTH_TOKEN: 'token-of-the-account',
    TWILIO_AUTH_TOKENS: `${SEEDED.rareAccount}:token-of-the-account`,
    ADMIN_API_KEY: ADMIN_KEY,
    ROLES: 'receiver',
    RECONCILE_INTERVAL_MINUTES: '0',
  });
  inbox = await startInbox(config, createLogger('silent'));
}, 400_000);

afterAll(async () => {
  await inbox.stop();
  statements.stop();
  await files.remove();
});

const api = (path: string) =>
  supertest(inbox.url).get(`/api/v1${path}`).set('Authorization', `Bearer ${ADMIN_KEY}`);
const twilio = (path: string, account: string = SEEDED.account) =>
  supertest(inbox.url)
    .get(`/2010-04-01/Accounts/${account}${path}`)
    .auth(account, 'token-of-the-account');
const post = (path: string, body: object) =>
  supertest(inbox.url)
    .post(`/api/v1${path}`)
    .set('Authorization', `Bearer ${ADMIN_KEY}`)
    .send(body);

const plus = (address: string) => encodeURIComponent(address);
const day = (number: number) =>
  new Date(SEEDED_SINCE.getTime() + number * 86_400_000).toISOString().slice(0, 10);
const deepCursor = Buffer.from(
  JSON.stringify([SEEDED_SINCE.getTime() + 5_000_000, seededSid('MM', 500), 0]),
).toString('base64url');

const deepCursorBack = Buffer.from(
  JSON.stringify([
    SEEDED_SINCE.getTime() + 5_000_000,
    seededSid('MM', 500),
    0,
    'newest',
    'previous',
  ]),
).toString('base64url');

const filters = [
  '',
  'limit=200',
  `cursor=${deepCursor}`,
  `cursor=${deepCursorBack}`,
  `cursor=${deepCursorBack}&to=${plus(SEEDED.recipient)}&contentType=video/`,
  'state=stored',
  'state=failed',
  'state=pending',
  'state=deleted',
  'moderation=visible',
  'moderation=held',
  `from=${plus(SEEDED.sender)}`,
  `from=${plus('+19990000000')}`,
  `to=${plus(SEEDED.recipient)}`,
  `to=${plus(SEEDED.rareRecipient)}`,
  'contentType=image/',
  'contentType=image/png',
  'contentType=video/',
  'contentType=application/pdf',
  'contentType=audio/',
  'contentType=text/',
  'transcript=minute',
  'transcript=no%20such',
  'transcript=no%20such&contentType=audio/',
  `transcript=words&state=stored&from=${plus('+15551000020')}`,
  `transcript=words&to=${plus(SEEDED.recipient)}&moderation=visible&receivedAfter=${day(1)}`,
  `sha256=${'0'.repeat(64)}`,
  'hasLocation=true',
  'hasLocation=false&contentType=video/',
  'text=message',
  'text=77777',
  'text=nowhere',
  'text=7',
  `text=message&from=${plus(SEEDED.sender)}&to=${plus(SEEDED.rareRecipient)}`,
  `messageSid=${seededSid('MM', 77)}`,
  `receivedAfter=${day(2)}`,
  `receivedBefore=${day(0)}`,
  `receivedAfter=${day(1)}&receivedBefore=${day(2)}`,
  `state=failed&contentType=image/`,
  `state=stored&moderation=held&to=${plus(SEEDED.recipient)}&contentType=video/`,
  `from=${plus(SEEDED.sender)}&contentType=video/`,
  `to=${plus(SEEDED.recipient)}&contentType=application/`,
  `from=${plus(SEEDED.sender)}&to=${plus(SEEDED.rareRecipient)}&state=failed`,
  `state=stored&from=${plus(SEEDED.sender)}&to=${plus(SEEDED.recipient)}&moderation=visible` +
    `&contentType=video/mp4&receivedAfter=${day(1)}`,
];
/** Each two of these are asked for together, too. */
const PAIRED = [
  'state=failed',
  'moderation=held',
  `from=${plus(SEEDED.sender)}`,
  `to=${plus(SEEDED.recipient)}`,
  'contentType=video/',
  'hasLocation=false',
  'text=message',
  'transcript=minute',
  `receivedAfter=${day(1)}`,
  `receivedBefore=${day(2)}`,
];
const pairs = PAIRED.flatMap((one, n) => PAIRED.slice(n + 1).map((other) => `${one}&${other}`));
const messageFilters = filters.filter(
  (filter) => !/state|moderation|contentType|Sid|transcript|sha256|Location/.test(filter),
);
const twilioFilters = [
  '',
  'PageSize=1000',
  'Page=1900',
  `From=${plus(SEEDED.sender)}`,
  `From=${plus('+19990000000')}`,
  `To=${plus(SEEDED.recipient)}`,
  `To=${plus(SEEDED.rareRecipient)}`,
  `From=${plus(SEEDED.sender)}&To=${plus(SEEDED.rareRecipient)}&DateSent<=${day(3)}`,
  `DateSent=${day(1)}`,
  `DateSent<=${day(0)}`,
  `DateSent>=${day(2000)}`,
];
const message = `/Messages/${seededSid('MM', 77)}`;

const requests: [string, () => supertest.Test][] = [
  ...[...filters, ...pairs].map((filter) => ['/media', filter] as const),
  ...filters
    .filter((filter) => !/limit|cursor|transcript/.test(filter))
    .map((filter) => ['/media/buckets', `${filter}&timeZone=Europe/Berlin`] as const),
  ...filters
    .filter((filter) => !/limit|cursor|transcript/.test(filter))
    .map((filter) => ['/media/page-starts', `${filter}&every=20`] as const),
  ['/media/page-starts', `cursor=${deepCursor}`] as const,
  ...messageFilters.map((filter) => ['/messages', filter] as const),
  ...[
    '',
    'actor=rare',
    'actor=nobody',
    'action=key.create',
    'action=media.approve',
    'action=media.hold',
    `target=${seededSid('ME', 77)}`,
    'actor=rare&action=key.create',
    'actor=moderator&action=media.approve&target=nothing',
    `since=${day(2000)}`,
    `until=${day(0)}`,
    `since=${day(2)}&until=${day(3)}`,
    `actor=moderator&until=${day(1)}`,
  ].map((filter) => ['/audit', filter] as const),
  ['/audit/export', 'action=key.create'] as const,
  ...[
    '',
    'kind=pdq',
    'kind=sha256',
    `hash=${'0'.repeat(64)}`,
    `kind=pdq&hash=${'0'.repeat(64)}`,
  ].map((filter) => ['/blocklist', filter] as const),
  ...['', 'state=open', 'state=stuck', 'state=completed', 'limit=200'].map(
    (filter) => ['/deletions', filter] as const,
  ),
  [`/deletions/${SEEDED.largeDeletion}`, ''] as const,
  [`/deletions/${SEEDED.largeDeletion}/targets`, ''] as const,
  [
    `/deletions/${SEEDED.largeDeletion}/targets`,
    `cursor=${seededSid('ME', ROWS + 20_000)}`,
  ] as const,
  ...['', 'policy=refuse', 'muted=true', `address=${plus('+19990000000')}`].map(
    (filter) => ['/senders', filter] as const,
  ),
  ...['', 'state=failed', 'state=pending'].map(
    (filter) => [`/endpoints/${SEEDED.endpoint}/deliveries`, filter] as const,
  ),
  ['/reports', ''] as const,
  ['/reports', 'state=open'] as const,
  ['/reports', 'state=resolved'] as const,
  [`/media/${seededSid('ME', 77)}/reports`, ''] as const,
  ['/reason-codes', ''] as const,
  ['/notes', `mediaSid=${seededSid('ME', 77)}`] as const,
  ['/notes', `sender=${plus(SEEDED.sender)}`] as const,
  [`/media/${seededSid('ME', 77)}/story`, ''] as const,
  ['/queues', ''] as const,
  ['/figures', ''] as const,
  ['/claims', ''] as const,
  ...['held', 'quarantined', 'reported', 'failed', 'escalated'].flatMap((queue) =>
    [
      '',
      'limit=200',
      `from=${plus(SEEDED.sender)}`,
      `to=${plus(SEEDED.recipient)}`,
      `to=${plus(SEEDED.rareRecipient)}&contentType=video/`,
      `receivedAfter=${day(1)}&receivedBefore=${day(2)}`,
      'reasonCode=none&label=none',
    ].map((filter) => [`/queues/${queue}/items`, filter] as const),
  ),
  ['/endpoints', ''] as const,
  [`/endpoints/${SEEDED.endpoint}`, ''] as const,
  ['/keys', ''] as const,
  ['/sessions', ''] as const,
  ['/exports', ''] as const,
  ['/bulk', ''] as const,
  ['/senders/strikes', `address=${plus(SEEDED.sender)}`] as const,
  ['/blocklist/1/caught', ''] as const,
  ['/refused-webhooks', ''] as const,
  ['/health', ''] as const,
  ['/operations/figures', ''] as const,
  ['/reconciliations', ''] as const,
  ['/reconciliations/sweeps', ''] as const,
  ['/verifications', ''] as const,
  [`/media/${seededSid('ME', 77)}/similar`, ''] as const,
  [`/media/${seededSid('ME', 77)}`, ''] as const,
  [`/messages/${seededSid('MM', 77)}`, ''] as const,
  [`/bulk/${SEEDED.bulkAct}`, ''] as const,
  [`/bulk/${SEEDED.bulkAct}/items`, ''] as const,
  [`/bulk/${SEEDED.bulkAct}/items`, 'outcome=changed'] as const,
  [`/bulk/${SEEDED.bulkAct}/items`, 'outcome=todo'] as const,
  ...['', 'state=waiting', 'state=failed', 'state=done&limit=200'].map(
    (filter) => ['/acts', filter] as const,
  ),
  ['/previews/rebuild', ''] as const,
].map(([path, filter]) => [`GET ${path}?${filter}`, () => api(`${path}?${filter}`)]);
requests.push(
  ...twilioFilters.map((filter): [string, () => supertest.Test] => [
    `GET Messages.json?${filter}`,
    () => twilio(`/Messages.json?${filter}`),
  ]),
  ['GET Messages.json of a small account', () => twilio('/Messages.json', SEEDED.rareAccount)],
  ['GET one message', () => twilio(`${message}.json`)],
  ['GET Media.json', () => twilio(`${message}/Media.json?DateCreated>=${day(0)}`)],
  [
    'a dry run of a filter that matches all',
    () => post('/bulk', { action: 'hold', filter: {}, dryRun: true }),
  ],
  [
    'a dry run of a filter that matches none',
    () =>
      post('/bulk', {
        action: 'hold',
        filter: { state: 'failed', contentType: 'image/' },
        dryRun: true,
      }),
  ],
  ['a dry run of a queue', () => post('/bulk', { action: 'approve', queue: 'held', dryRun: true })],
  [
    'a dry run of a queue with a filter',
    () => {
      const filter = { from: SEEDED.sender, label: 'text' };
      return post('/bulk', { action: 'hold', queue: 'quarantined', filter, dryRun: true });
    },
  ],
  ['counting a sender', () => post('/senders/erasures', { address: SEEDED.sender, dryRun: true })],
  ['an export', () => post('/senders/export', { address: SEEDED.sender })],
  [
    'finding a picture',
    () =>
      supertest(inbox.url)
        .post('/api/v1/media/similar')
        .set('Authorization', `Bearer ${ADMIN_KEY}`)
        .attach('file', picture, 'picture.jpg'),
  ],
  [
    'the next of a queue',
    () => post('/claims/next', { queue: 'held', filter: { from: SEEDED.sender } }),
  ],
  ['the next of another queue', () => post('/claims/next', { queue: 'failed' })],
  ['reporting', () => post(`/media/${seededSid('ME', 77)}/reports`, { reason: 'seeded' })],
  ['blocking a picture', () => post(`/media/${seededSid('ME', 77)}/block`, {})],
  ['retrying what failed', () => post('/media/retry', { since: day(2000) })],
  ['making previews again', () => post('/previews/rebuild', { failed: true })],
);

/** Files, and what is found by its own id. The stream does not end: its statements are in background-plans.test.ts. */
const NO_LISTS = new Set(
  [
    ...[
      '/whoami',
      '/session',
      '/events',
      '/exports/:id',
      '/exports/:id/archive',
      '/claims/:id',
      '/acts/:id',
    ],
    ...['/senders/erasures/:id', '/reconciliations/:id', '/verifications/:id'],
    // No files are seeded, so there is none that is missing.
    '/verifications/:id/findings',
    ...['content', 'thumbnail', 'poster', 'rendition'].map((part) => `/media/:sid/${part}`),
  ].map((path) => `GET /api/v1${path}`),
);

test('every route that reads is among them', async () => {
  const patterns = requests.flatMap(([name]) => /^GET (\/[^?]*)/.exec(name)?.[1] ?? []);
  const isAsked = (route: string) => {
    const pattern = new RegExp(
      `^${route.replace('GET /api/v1', '').replaceAll(/:\w+/g, '[^/]+')}$`,
    );
    return patterns.some((path) => pattern.test(path));
  };
  const reading = (await apiRoutes()).filter((route) => route.startsWith('GET '));
  expect(reading.filter((route) => !isAsked(route) && !NO_LISTS.has(route))).toEqual([]);
});

test.each(requests)('%s', { timeout: 60_000 }, async (name, request) => {
  statements.take();
  const { status } = await request();
  expect(status).toBeLessThan(300);
  const most = /buckets|page-starts/.test(name) ? MAX_ROWS_COUNTED : MAX_ROWS_READ;
  await expectBoundedReads(statements.take(), most);
});

test('a deletion of many targets is read by as many statements as one of few', async () => {
  const statementsFor = async (id: bigint) => {
    statements.take();
    await api(`/deletions/${id}`).expect(200);
    // Others may be of what runs by itself.
    return statements.take().filter(({ text }) => text.includes('deletion_target')).length;
  };
  expect(await statementsFor(SEEDED.largeDeletion)).toBe(await statementsFor(2n));
});

test('attachments that cannot have a transcript are not looked up among them', async () => {
  statements.take();
  const { body } = await api(`/media?transcript=words&from=${plus(SEEDED.sender)}`).expect(200);
  expect(body.items).toEqual([]);
  expect(await countLookups(statements.take(), 'transcript')).toBe(0);
});

test.each([
  ['', 3],
  ['order=oldest', 1],
  ['contentType=image/', 3],
  [`to=${plus(SEEDED.recipient)}&moderation=visible&contentType=video/`, 1],
  ['text=77777', 1],
  [`receivedAfter=${day(3)}&receivedBefore=${day(5)}&order=oldest`, 1],
])(
  'where the pages of %j begin, over all windows',
  { timeout: 120_000 },
  async (filter, atLeast) => {
    const found: { cursor: string }[] = [];
    let pages = 0;
    for (let cursor = ''; ; pages += 1) {
      const query = `${filter}&every=50&limit=600${cursor}`;
      const { body } = await api(`/media/page-starts?${query}`).expect(200);
      found.push(...body.items);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(pages + 1).toBeGreaterThanOrEqual(atLeast);
    const act = { action: 'delete', filter: asBody(filter), dryRun: true };
    const { body } = await post('/bulk', act).expect(200);
    expect(found).toHaveLength(Math.max(0, Math.ceil(body.total / 50) - 1));
    // Each page ends where the next one begins.
    for (const [n, { cursor }] of found.entries()) {
      if (n % 97 !== 0 || n + 1 === found.length) continue;
      const { body: page } = await api(`/media?${filter}&limit=50&cursor=${cursor}`).expect(200);
      expect(page.nextCursor).toBe(found[n + 1]?.cursor);
    }
  },
);

/** The filters of a query as bulk acts take them. */
function asBody(query: string): Record<string, string> {
  const { order, ...filter } = Object.fromEntries(new URLSearchParams(query));
  return filter;
}

test.each([
  {},
  { contentType: 'image/' },
  { contentType: 'video/', moderation: 'visible' },
  { moderation: 'held' },
  { text: 'message 77' },
  { text: '77777' },
])('buckets of %j add up over all windows and pages', { timeout: 120_000 }, async (filter) => {
  const read = async (more: Record<string, string>) => {
    const items: { from: string; count: number }[] = [];
    for (let cursor = {}; ; ) {
      const query = new URLSearchParams({ ...filter, ...more, ...cursor });
      const { body } = await api(`/media/buckets?${query}`).expect(200);
      items.push(...body.items);
      if (body.nextCursor === null) return items;
      cursor = { cursor: body.nextCursor };
    }
  };
  const newest = await read({});
  expect(await read({ order: 'oldest', limit: '5' })).toEqual(newest.toReversed());
  const act = { action: 'delete', filter, dryRun: true };
  const { body } = await post('/bulk', act).expect(200);
  expect(newest.reduce((sum, { count }) => sum + count, 0)).toBe(body.total);
  expect(body.total).toBeGreaterThan(0);
});
