import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneEvents, publishEvents } from '../../../src/events/event-outbox.ts';
import { type NewEvent, recordEvents } from '../../../src/events/record-events.ts';
import { addMedia } from '../../support/add-media.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const DAY_MS = 86_400_000;
let opened: TestQueue;
let database: TestQueue['database'];
let queue: TestQueue['queue'];
beforeEach(async () => {
  opened = await openTestQueue();
  ({ database, queue } = opened);
});
afterEach(() => opened.close());

const event = (messageSid: string): NewEvent => ({
  type: 'message.deleted',
  messageSid,
  data: {
    messageSid,
    accountSid: 'AC00000000000000000000000000000001',
    moderation: 'visible',
    deletionId: '1',
    reasonCode: null,
    deletedBy: 'ada',
  },
});
const completed = (messageSid: string): NewEvent => ({
  type: 'deletion.completed',
  messageSid,
  data: {
    deletionId: '1',
    scope: 'one',
    mediaSid: null,
    withMessages: false,
    targets: 1,
    reasonCode: null,
    requestedBy: 'ada',
  },
});
const record = (...names: string[]) =>
  database.prisma.$transaction((tx) => recordEvents(tx, names.map(event)));
async function addMediaOf(from: string) {
  const { prisma } = database;
  const sid = await addMedia(database);
  const { messageSid } = await prisma.media.findUniqueOrThrow({ where: { sid } });
  await prisma.message.update({ where: { sid: messageSid }, data: { from } });
  return { messageSid };
}
const publish = () => publishEvents(database, queue);
const published = async () =>
  (
    await database.prisma.event.findMany({
      where: { position: { not: null } },
      orderBy: { position: 'asc' },
    })
  ).map(({ messageSid, position }) => `${position} ${messageSid}`);

test('events get their places in the order they were written in, each one', async () => {
  const names = Array.from({ length: 600 }, (_, n) => `MM${n}`);
  await record(...names);
  // Several processes at once: one has its turn, the others find nothing to do, or the rest.
  while ((await Promise.all([publish(), publish(), publish()])).some((count) => count > 0));
  expect(await published()).toEqual(names.map((name, n) => `${n + 1} ${name}`));
  await record('MMlast');
  expect(await publish()).toBe(1);
  expect((await published()).at(-1)).toBe('601 MMlast');
  expect(await publish()).toBe(0);
});

test('an event that commits late is behind those a reader has seen', async (context) => {
  if (database.kind === 'embedded') return context.skip('it has one transaction at a time');
  const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
  const { promise: isWritten, resolve: written } = Promise.withResolvers<void>();
  const late = database.prisma.$transaction(async (tx) => {
    await recordEvents(tx, [event('MMlate')]);
    written();
    await mayCommit;
  });
  await isWritten;
  await record('MMquick');
  await publish();
  expect(await published()).toEqual(['1 MMquick']);
  commit();
  await late;
  await publish();
  expect(await published()).toEqual(['1 MMquick', '2 MMlate']);
});

test.each(['+15550003001', 'whatsapp:+15550003001'])(
  'while %s is muted nothing is written of it, but that a deletion is complete',
  async (from) => {
    const { prisma } = database;
    const { messageSid } = await addMediaOf(from);
    const { messageSid: other } = await addMediaOf('+15550003002');
    await record(messageSid);
    const muted = { address: '+15550003001', muted: true, updatedBy: 'ada' };
    await prisma.sender.create({ data: { id: 'muted', ...muted } });
    await record(messageSid, other, messageSid);
    await prisma.$transaction((tx) => recordEvents(tx, [completed(messageSid)]));
    await prisma.sender.update({ where: { id: 'muted' }, data: { muted: false } });
    await record(messageSid);
    expect(await publish()).toBe(4);
    expect(await published()).toEqual([
      `1 ${messageSid}`,
      `2 ${other}`,
      `3 ${messageSid}`,
      `4 ${messageSid}`,
    ]);
  },
);

test('an event whose transaction is rolled back was never there', async () => {
  const failing = database.prisma.$transaction(async (tx) => {
    await recordEvents(tx, [event('MMnever')]);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await publish()).toBe(0);
});

test('after 30 days events go, with their deliveries, and old secrets too', async () => {
  const { prisma } = database;
  const endpoint = {
    id: 'ep_1',
    url: 'https://example.com/',
    description: '',
    types: [],
    secret: 'new',
    previousSecret: 'old',
    previousSecretUntil: new Date(Date.now() + DAY_MS),
  };
  await prisma.eventEndpoint.create({ data: endpoint });
  await record('MMold', 'MMnew');
  await publish();
  const createdAt = new Date(Date.now() - 31 * DAY_MS);
  await prisma.event.updateMany({ where: { messageSid: 'MMold' }, data: { createdAt } });
  expect(await prisma.eventDelivery.count()).toBe(2);

  expect(await pruneEvents(database)).toBe(1);
  expect(await published()).toEqual(['2 MMnew']);
  expect(await prisma.eventDelivery.count()).toBe(1);
  const previous = async () =>
    (await prisma.eventEndpoint.findFirstOrThrow({ where: { id: 'ep_1' } })).previousSecret;
  expect(await previous()).toBe('old');
  await pruneEvents(database, new Date(Date.now() + 2 * DAY_MS));
  expect(await previous()).toBeNull();
});
