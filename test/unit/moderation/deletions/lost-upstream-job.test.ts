import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resendStrandedJobs } from '../../../../src/media/housekeeping.ts';
import { createDeleteUpstream } from '../../../../src/moderation/deletions/delete-upstream.ts';
import { createTryUpstream } from '../../../../src/moderation/deletions/try-upstream.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const MEDIA = `ME${'1'.repeat(32)}`;

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

/** A media that is stored here, and whose copy is to go at Twilio: no deletion tells of it. */
async function addStored(): Promise<void> {
  const { prisma } = opened.database;
  const [messageSid, accountSid] = [`MM${'1'.repeat(32)}`, `AC${'1'.repeat(32)}`];
  const receivedAt = new Date(Date.now() - 3_600_000);
  await prisma.message.create({
    data: {
      sid: messageSid,
      accountSid,
      from: '+1',
      to: '+2',
      body: '',
      params: {},
      receivedAt,
      source: 'webhook',
    },
  });
  await prisma.media.create({
    data: {
      sid: MEDIA,
      messageSid,
      accountSid,
      index: 0,
      url: 'https://api.twilio.com/x',
      receivedAt,
      storedAt: receivedAt,
      state: 'stored',
      upstream: 'deleting',
    },
  });
}

test('a job that was lost goes on with the tries there were, and not at the first', async () => {
  const { database, queue } = opened;
  const lines: string[] = [];
  const log = pino(new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
  const outage = { done: false, failure: 'outage', reason: '', retryAfterSeconds: 0 } as const;
  const work = createDeleteUpstream({
    database,
    queue,
    upstream: { deleteMedia: async () => outage, deleteMessage: async () => outage },
    tryUpstream: createTryUpstream({
      database,
      log,
      onAnswer: () => undefined,
      isTwilioOut: () => false,
    }),
  });
  await addStored();

  // A queue that loses every job.
  const sent: unknown[] = [];
  const sendMissing: typeof queue.sendMissing = async (_tx, name, jobs) => {
    sent.push([name, ...jobs.map(({ payload }) => payload)]);
    return jobs.length;
  };
  for (let tries = 0; tries < 4; tries += 1) {
    expect(await resendStrandedJobs(database, { ...queue, sendMissing })).toBe(1);
    expect(sent.splice(0)).toEqual([['delete-upstream', { mediaSid: MEDIA }]]);
    await work({ mediaSid: MEDIA }, new AbortController().signal);
  }

  const told = lines.map((line) => JSON.parse(line));
  expect(told.map(({ attempts }) => attempts)).toEqual([0, 1, 2, 3]);
  const pauses = told.map(({ startAfter, time }) => (Date.parse(startAfter) - time) / 60_000);
  for (const [tries, minutes] of pauses.entries()) {
    expect(minutes).toBeGreaterThan(2 ** tries * 0.99);
    expect(minutes).toBeLessThan(2 ** tries * 1.26);
  }
});
