import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import type { Moderation } from '../../src/generated/prisma/client.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { type Inbox, startInbox } from '../../src/server/inbox.ts';
import { smallPicture } from '../support/small-picture.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY } from '../support/test-inbox.ts';
import { messagesPath, OWN } from '../support/twilio-request.ts';

// Rows that no request can make: media that a moderator holds back, and times to the millisecond.
// They are written before the server starts.

const TIMES = [
  '2026-01-30T23:59:59.999Z',
  '2026-01-31T00:00:00.000Z',
  '2026-01-31T12:00:00.000Z',
  '2026-01-31T23:59:59.999Z',
  '2026-02-01T00:00:00.000Z',
];
const MODERATION: Moderation[] = ['visible', 'held', 'quarantined'];
const ALBUM = sid('MM', 99);
const log = createLogger('silent');

let seeded: TestDatabase;
let inbox: Inbox;
let bytes: Buffer;
beforeAll(async () => {
  seeded = await createTestDatabase();
  bytes = await smallPicture(160);
  const { dataDir, databaseUrl } = seeded;
  await seed();
  inbox = await startInbox(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      TWILIO_ACCOUNT_SID: ACCOUNT.sid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      ADMIN_API_KEY: ADMIN_KEY,
      ROLES: 'receiver',
    }).config,
    log,
  );
});
afterAll(async () => {
  await inbox.stop();
  await seeded.remove();
});

function sid(prefix: string, n: number): string {
  return prefix + n.toString(16).padStart(32, '0');
}

/** One message at each of the times, with one media each; one message with a media of each kind. */
async function seed(): Promise<void> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = `blobs/seeded/${sha256}`;
  const file = join(seeded.dataDir, 'blobs', key);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const database = await openDatabase(seeded, log);
  try {
    const { prisma } = database;
    await prisma.blob.create({ data: { sha256, key, byteSize: bytes.length } });
    const common = { accountSid: ACCOUNT.sid, from: '+14155550123', to: '+14155550100' };
    const message = { ...common, body: '', source: 'webhook', params: {} } as const;
    const media = {
      ...common,
      state: 'stored',
      blobSha256: sha256,
      contentType: 'image/png',
    } as const;
    for (const [n, time] of TIMES.entries()) {
      const row = { sid: sid('MM', n), receivedAt: new Date(time) };
      await prisma.message.create({ data: { ...message, ...row } });
      const own = { sid: sid('ME', n), messageSid: row.sid, index: 0, receivedAt: row.receivedAt };
      await prisma.media.create({ data: { ...media, ...own, storedAt: row.receivedAt } });
    }
    const receivedAt = new Date('2025-06-01T00:00:00Z');
    const album = { ...message, sid: ALBUM, to: '+14155550199', receivedAt };
    await prisma.message.create({ data: album });
    for (const [index, moderation] of MODERATION.entries()) {
      const own = { sid: sid('ME', 100 + index), messageSid: ALBUM, index, moderation, receivedAt };
      await prisma.media.create({ data: { ...media, ...own, storedAt: receivedAt } });
    }
  } finally {
    await database.close();
  }
}

const call = (path: string, method = 'GET') =>
  fetch(inbox.url + path, { method, headers: { authorization: OWN } });

describe('what is held or quarantined', () => {
  const path = (index: number) => `${messagesPath()}/${ALBUM}/Media/${sid('ME', 100 + index)}`;

  test('is 404 in every representation, and to delete', async () => {
    for (const extension of ['', '.json', '.xml']) {
      expect((await call(path(0) + extension)).status).toBe(200);
      for (const hidden of [1, 2]) {
        const response = await call(path(hidden) + extension);
        expect([extension, response.status]).toEqual([extension, 404]);
        expect(await response.text()).toContain('20404');
        expect((await call(path(hidden) + extension, 'DELETE')).status).toBe(404);
      }
    }
  });

  test('is in no list, and in no count', async () => {
    const list = await (await call(`${messagesPath()}/${ALBUM}/Media.json`)).json();
    expect(list).toMatchObject({ total: 1, media_list: [{ sid: sid('ME', 100) }] });
    const message = await (await call(`${messagesPath()}/${ALBUM}.json`)).json();
    expect(message.num_media).toBe('1');
    const { messages } = await (await call(`${messagesPath()}.json?DateSent=2025-06-01`)).json();
    expect(messages[0].num_media).toBe('1');
  });

  test('gets no links', async () => {
    for (const [index, moderation] of MODERATION.entries()) {
      const response = await fetch(`${inbox.url}/api/v1/media/${sid('ME', 100 + index)}/links`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      const expected = moderation === 'visible' ? 201 : 403;
      expect([moderation, response.status]).toEqual([moderation, expected]);
      const { content, code } = await response.json();
      if (expected === 403) expect(code).toBe('reveal_needed');
      else expect((await fetch(content)).status).toBe(200);
    }
  });
});

// What of the five times passes, by their places.
const filters: [string, number[]][] = [
  ['=2026-01-31', [1, 2, 3]],
  ['=2026-01-30', [0]],
  ['=2026-02-01', [4]],
  ['=2026-01-31T18:00:00Z', [1, 2, 3]],
  ['=2026-02-01T01:00:00%2B02:00', [1, 2, 3]],
  ['<=2026-01-31', [0, 1]],
  ['%3C=2026-01-31', [0, 1]],
  ['%3C%3D2026-01-31', [0, 1]],
  ['<2026-01-31', [0]],
  ['>=2026-01-31', [1, 2, 3, 4]],
  ['%3E=2026-01-31', [1, 2, 3, 4]],
  ['%3E%3D2026-01-31', [1, 2, 3, 4]],
  ['>2026-01-31', [2, 3, 4]],
  ['>=2026-01-31T12:00:00Z', [2, 3, 4]],
  ['%3E=2026-01-31T12%3A00%3A00Z', [2, 3, 4]],
  ['>=2026-01-31T13:00:00+01:00', [2, 3, 4]],
  ['<=2026-01-31T12:00:00.000Z', [0, 1, 2]],
  ['<=2026-02-01', [0, 1, 2, 3, 4]],
];

// Of messages a date is its day, not its midnight.
const byDay = new Map([
  ['<=2026-01-31', [0, 1, 2, 3]],
  ['%3C=2026-01-31', [0, 1, 2, 3]],
  ['%3C%3D2026-01-31', [0, 1, 2, 3]],
  ['>2026-01-31', [4]],
]);

describe('dates are in GMT', () => {
  test.each(filters)('DateCreated%s', async (filter, expected) => {
    const found: number[] = [];
    for (const n of TIMES.keys()) {
      const path = `${messagesPath()}/${sid('MM', n)}/Media.json?DateCreated${filter}`;
      if ((await (await call(path)).json()).total === 1) found.push(n);
    }
    expect(found).toEqual(expected);
  });

  test.each(filters.map(([filter, numbers]) => [filter, byDay.get(filter) ?? numbers] as const))(
    'DateSent%s, over pages',
    async (filter, expected) => {
      const found: string[] = [];
      let next = `${messagesPath()}.json?PageSize=2&To=%2B14155550100&DateSent${filter}`;
      while (next !== null) {
        const page = await (await call(next)).json();
        found.unshift(...page.messages.map((message: { sid: string }) => message.sid).reverse());
        next = page.next_page_uri;
      }
      expect(found).toEqual(expected.map((n) => sid('MM', n)));
    },
  );

  test('both at once are a range', async () => {
    const query = 'DateSent>=2026-01-31&DateSent<=2026-01-31T12:00:00Z';
    const { messages } = await (await call(`${messagesPath()}.json?${query}`)).json();
    expect(messages.map((message: { sid: string }) => message.sid)).toEqual([
      sid('MM', 2),
      sid('MM', 1),
    ]);
  });

  test('times are told to the second, in GMT', async () => {
    const media = await (
      await call(`${messagesPath()}/${sid('MM', 3)}/Media/${sid('ME', 3)}.json`)
    ).json();
    expect(media).toMatchObject({
      date_created: 'Sat, 31 Jan 2026 23:59:59 +0000',
      date_updated: 'Sat, 31 Jan 2026 23:59:59 +0000',
    });
  });
});
