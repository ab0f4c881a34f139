import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { expect, test, vi } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { createAnswerSimilar } from '../../../src/gallery/similar-routes.ts';

const WANTED = { sha256: '0'.repeat(64), picture: null, distance: 31, limit: 10 };

/** What a route has of a response. */
function fakeResponse() {
  const caller = { name: 'ada', role: 'moderator' };
  return Object.assign(new EventEmitter(), { locals: { caller }, json: vi.fn() });
}

test('comparisons take turns, and those beyond twenty are refused at once', async () => {
  const released = Promise.withResolvers<[]>();
  const database = {
    prisma: { $queryRaw: () => released.promise, media: { findMany: async () => [] } },
  };
  const answer = createAnswerSimilar(database as unknown as Database);
  const responses = Array.from({ length: 22 }, fakeResponse);
  const answered = responses.map((response) => answer(response as unknown as Response, WANTED));
  await expect(answered.pop()).rejects.toMatchObject({
    code: 'unavailable',
    headers: { 'Retry-After': '5' },
  });
  // Its caller has gone before its turn.
  responses[20]?.emit('close');
  released.resolve([]);
  await Promise.all(answered);
  const sent = responses.map(({ json }) => json.mock.calls.length);
  expect(sent).toEqual([...Array(20).fill(1), 0, 0]);
});
