import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
const names = Array.from({ length: 7 }, (_, n) => `key-${n}`);
beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
  for (const name of names) await callAs(inbox, 'viewer', name);
  await inbox.api('delete', '/api/v1/keys/key-3').expect(204);
});
afterAll(() => inbox.stop());

test('newest first, in pages, filtered', async () => {
  const targets: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await asModerator('get', `/api/v1/audit?action=key.create&limit=4${cursor}`);
    const { items, nextCursor } = page.body;
    expect(items.length).toBeLessThanOrEqual(4);
    targets.push(...items.map(({ target }: { target: string }) => target));
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  expect(targets).toEqual([...names.toReversed(), 'moderator', 'viewer']);
  const { body } = await asModerator('get', '/api/v1/audit?target=key-3').expect(200);
  expect(body.items.map(({ actor, action }: Record<string, string>) => [actor, action])).toEqual([
    ['ADMIN_API_KEY', 'key.revoke'],
    ['ADMIN_API_KEY', 'key.create'],
  ]);
  const future = await asModerator('get', '/api/v1/audit?since=2100-01-01').expect(200);
  expect(future.body).toEqual({ items: [], nextCursor: null });
});

test('the export has every entry, oldest first, a line of JSON each, and is an entry itself', async () => {
  const { text, headers } = await inbox.api('get', '/api/v1/audit/export').buffer(true).expect(200);
  expect(headers['content-type']).toMatch(/^application\/x-ndjson/);
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.map(({ action }) => action)).toEqual([
    ...Array(9).fill('key.create'),
    ...['key.revoke', 'audit.export'],
  ]);
});

test('viewers see none of it, and moderators do not export', async () => {
  await asViewer('get', '/api/v1/audit').expect(403);
  await asViewer('get', '/api/v1/audit/export').expect(403);
  await asModerator('get', '/api/v1/audit/export').expect(403);
});

test.each(['limit=0', 'limit=501', 'cursor=x', 'action=media.love', 'since=yesterday', 'who=me'])(
  '%s is refused',
  async (query) => {
    const { body } = await asModerator('get', `/api/v1/audit?${query}`).expect(400);
    expect(body.errors).toHaveLength(1);
  },
);

test('nobody changes or removes an entry, not even with the database in their hands', async () => {
  const files = await createTestDatabase();
  const { prisma, close } = await openDatabase(files, createLogger('silent'));
  const entry = { actor: 'me', action: 'media.hold', target: 'ME' };
  await prisma.auditEntry.create({ data: entry });
  for (const act of [
    () => prisma.auditEntry.updateMany({ data: { actor: 'you' } }),
    () => prisma.auditEntry.deleteMany({}),
    () => prisma.$executeRaw`TRUNCATE audit_entry`,
  ]) {
    await expect(act()).rejects.toThrow(/append-only/);
  }
  expect(await prisma.auditEntry.findMany()).toMatchObject([entry]);
  await close();
  await files.remove();
});
