import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOperations } from '../../../src/keys/keys-operations.ts';
import { createKeyManagement } from '../../../src/keys/manage-keys.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const { query, answers } = keyOperations.listKeys;
let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

test('keys are listed in pages, those of the same millisecond by their ids', async () => {
  const early = new Date('2026-01-01T00:00:00.000Z');
  const late = new Date('2026-01-01T00:00:00.001Z');
  const places = [
    [late, '1'],
    [early, '3'],
    [early, '2'],
    [early, '4'],
    [late, '0'],
  ] as const;
  await opened.database.prisma.apiKey.createMany({
    data: places.map(([createdAt, digit]) => ({
      id: digit.repeat(16),
      name: `key-${digit}`,
      role: 'viewer',
      secretHash: digit,
      createdAt,
    })),
  });
  const keys = createKeyManagement(opened.database);
  const pages: string[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await keys.list(query.parse({ limit: '2', cursor }));
    expect(answers[200].body.encode(page).items).toHaveLength(page.items.length);
    pages.push(page.items.map(({ name }) => name));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(pages).toEqual([['key-2', 'key-3'], ['key-4', 'key-0'], ['key-1']]);
});

test.each([
  '',
  'x',
  '[1]',
  '[-1,"0000000000000000"]',
  '[9e15,"0000000000000000"]',
  '[1,"\\u0000"]',
])('a cursor with %s is refused', (text) => {
  const cursor = Buffer.from(text).toString('base64url');
  expect(query.safeParse({ cursor }).success).toBe(false);
});

test('the latest time that a cursor can name is no error', async () => {
  const cursor = Buffer.from(JSON.stringify([8.64e15, '0'.repeat(16)])).toString('base64url');
  const keys = createKeyManagement(opened.database);
  expect(await keys.list(query.parse({ cursor }))).toEqual({ items: [], nextCursor: null });
});
