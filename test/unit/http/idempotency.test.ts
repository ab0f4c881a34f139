import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdempotency, removeExpiredAnswers } from '../../../src/http/idempotency.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
let acts = 0;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

/** Requests an act that says how many there were. */
async function request(key: string): Promise<number> {
  const { database } = opened;
  const { answerOnce } = createIdempotency(database);
  const app = express().post('/', (request, response) =>
    answerOnce({ operation: 'act', caller: 'ada', request, response }, {}, (keep) =>
      database.prisma.$transaction(async (tx) => {
        acts += 1;
        const answer = { status: 201, location: '/', body: { act: acts } };
        await keep(tx, answer);
        return answer;
      }),
    ),
  );
  const { body } = await supertest(app).post('/').set('Idempotency-Key', key).expect(201);
  return body.act;
}

test('after a day a key is free again, however many others have expired', async () => {
  const { prisma } = opened.database;
  const first = await request('old');
  expect(await request('old')).toBe(first);
  await prisma.$executeRaw`UPDATE idempotency_key SET created_at = now() - interval '24 hours 1 second'`;
  await prisma.$executeRaw`
    INSERT INTO idempotency_key (id, input, answer, created_at)
    SELECT 'other ' || n, '', '{}', now() - interval '30 hours' FROM generate_series(1, 150) AS n`;
  const second = await request('old');
  expect(second).toBe(first + 1);
  expect(await request('old')).toBe(second);

  await removeExpiredAnswers(opened.database);
  expect(await prisma.idempotencyKey.count()).toBe(1);
  expect(await request('old')).toBe(second);
});
