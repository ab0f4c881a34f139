import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiKeys, createApiKeys } from '../../../src/auth/api-keys.ts';
import {
  createSessions,
  removeExpiredSessions,
  type Sessions,
} from '../../../src/auth/sessions.ts';
import {
  createSessionManagement,
  type SessionManagement,
} from '../../../src/sessions/manage-sessions.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const HOUR_MS = 3_600_000;

let opened: TestQueue;
let apiKeys: ApiKeys;
let sessions: Sessions;
let management: SessionManagement;
beforeAll(async () => {
  opened = await openTestQueue();
  apiKeys = createApiKeys(opened.database, 'admin-key-for-tests');
  sessions = createSessions(opened.database, apiKeys);
  management = createSessionManagement(opened.database);
});
afterAll(() => opened.close());

async function begin() {
  const admin = await apiKeys.find(null);
  if (admin === null) throw new Error('there is an admin key');
  const { secret, session } = await management.begin(admin, 'key', undefined, null);
  return { secret, id: session.id };
}

/** Sets a time of a session back, as if it had passed. */
async function setBack(id: string, name: 'lastUsedAt' | 'expiresAt', ms: number) {
  const data = { [name]: new Date(Date.now() - ms) };
  await opened.database.prisma.session.update({ where: { id }, data });
}

const isLive = async ({ secret, id }: { secret: string; id: string }) => {
  const [byId, bySecret, { items }] = await Promise.all([
    sessions.isValid(id),
    sessions.authenticate(secret),
    management.list({ limit: 200 }),
  ]);
  const isListed = items.some((item) => item.id === id);
  expect([bySecret !== null, isListed]).toEqual([byId, byId]);
  return byId;
};

test('a session ends after twelve hours without a request, and each one extends it', async () => {
  const session = await begin();
  await setBack(session.id, 'lastUsedAt', 11.9 * HOUR_MS);
  expect(await sessions.isValid(session.id), 'a look from afar does not extend it').toBe(true);
  const before = await management.find(session.id);
  expect(await isLive(session)).toBe(true);
  const after = await management.find(session.id);
  expect(Number(after?.lastUsedAt) - Number(before?.lastUsedAt)).toBeGreaterThan(11 * HOUR_MS);
  await setBack(session.id, 'lastUsedAt', 12.1 * HOUR_MS);
  expect(await isLive(session)).toBe(false);
});

test('its use is noted once a minute, whoever asks at once', async () => {
  const session = await begin();
  await setBack(session.id, 'lastUsedAt', 30_000);
  const times = async () => Number((await management.find(session.id))?.lastUsedAt);
  const before = await times();
  await sessions.authenticate(session.secret);
  expect(await times()).toBe(before);
  await setBack(session.id, 'lastUsedAt', 61_000);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => sessions.authenticate(session.secret)),
  );
  expect(all.map((found) => found?.sessionId)).toEqual(all.map(() => session.id));
  expect(await times()).toBeGreaterThan(before);
});

test('a session that is used all the time ends after seven days', async () => {
  const session = await begin();
  expect(await isLive(session)).toBe(true);
  await setBack(session.id, 'expiresAt', 1);
  expect(await isLive(session)).toBe(false);
});

test('only hashes are stored, and the row of a session that has ended is removed', async () => {
  const [idle, old, live] = [await begin(), await begin(), await begin()];
  await setBack(idle.id, 'lastUsedAt', 13 * HOUR_MS);
  await setBack(old.id, 'expiresAt', 1);
  const rows = await opened.database.prisma.session.findMany();
  for (const { secret } of [idle, old, live]) expect(JSON.stringify(rows)).not.toContain(secret);
  const idsOf = async () => (await opened.database.prisma.session.findMany()).map(({ id }) => id);
  expect(await idsOf()).toEqual(expect.arrayContaining([idle.id, old.id, live.id]));
  await removeExpiredSessions(opened.database);
  const left = await idsOf();
  expect(left).toContain(live.id);
  expect(left).not.toContain(idle.id);
  expect(left).not.toContain(old.id);
});

test('one right secret among a thousand that are sent at once is found', async () => {
  const { secret } = await begin();
  const guesses = Array.from({ length: 999 }, (_, n) => String(n).padStart(43, 'A'));
  const found = await Promise.all([...guesses, secret].map((one) => sessions.authenticate(one)));
  expect(found.filter((one) => one !== null)).toHaveLength(1);
});

test('a key has at most 100 sessions: the one used least recently ends when another begins', async () => {
  const { prisma } = opened.database;
  await prisma.session.deleteMany();
  const other = await prisma.apiKey.create({
    data: { id: 'other', name: 'other', role: 'viewer', secretHash: 'the hash of other' },
  });
  const caller = await apiKeys.find(other.id);
  if (caller === null) throw new Error('the key is there');
  const { session: ofOther } = await management.begin(caller, 'key', undefined, null);
  await setBack(ofOther.id, 'lastUsedAt', 11 * HOUR_MS);
  const begun = await Promise.all(Array.from({ length: 100 }, begin));
  const [, second, third] = begun;
  await setBack(String(second?.id), 'lastUsedAt', 10 * HOUR_MS);
  await setBack(String(third?.id), 'lastUsedAt', 11 * HOUR_MS);
  const ids = async () =>
    (await prisma.session.findMany({ where: { keyId: null } })).map(({ id }) => id).toSorted();
  const added = await begin();
  expect(await ids()).toEqual(
    [...begun.filter((one) => one !== third), added].map(({ id }) => id).toSorted(),
  );
  // At the same time, too. Those of another key stay.
  await Promise.all(Array.from({ length: 5 }, begin));
  expect(await ids()).toHaveLength(100);
  expect(await sessions.isValid(String(second?.id))).toBe(false);
  expect(await sessions.isValid(ofOther.id)).toBe(true);
  const ended = await prisma.auditEntry.findMany({
    where: { action: 'session.end', target: { in: [String(third?.id), String(second?.id)] } },
  });
  expect(ended.map(({ actor }) => actor)).toEqual(['ADMIN_API_KEY', 'ADMIN_API_KEY']);
  expect(await sessions.isValid(added.id)).toBe(true);
});
