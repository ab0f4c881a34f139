import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEndpoints } from '../../../src/events/endpoints/endpoints.ts';
import { createSenders } from '../../../src/moderation/senders/senders.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());
beforeEach((context) => {
  if (opened.database.kind === 'embedded') context.skip('it has one transaction at a time');
});

const why = { reasonCode: null, reason: null };
const eight = <T>(act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 8 }, (_, n) => act(n)));

/** What each act found, and what the one before it had left. */
async function told(target: string) {
  const entries = await opened.database.prisma.auditEntry.findMany({
    where: { target },
    orderBy: { id: 'asc' },
  });
  const stateOf = (value: unknown) => {
    const { changed: _, ...facts } = (value ?? {}) as Record<string, unknown>;
    return facts;
  };
  return {
    found: entries.map(({ before }) => stateOf(before)),
    left: [{}, ...entries.slice(0, -1).map(({ after }) => stateOf(after))],
  };
}

test('of many who decide about a sender at once, each entry begins where the last one ended', async () => {
  const senders = createSenders(opened.database, { of: (address) => address, formerOf: () => [] });
  const policies = ['none', 'quarantine', 'refuse'] as const;
  await eight((n) => {
    const change = { policy: policies[n % 3] ?? 'none', muted: n % 2 === 0 };
    return senders.update('+1555', change, { actor: `key-${n}`, ...why });
  });
  const { found, left } = await told('+1555');
  expect(found).toHaveLength(8);
  expect(found).toEqual(left);
});

test('of many who change an endpoint at once, too, and no secret is lost that was told last', async () => {
  const { database, queue } = opened;
  const endpoints = createEndpoints(database, queue);
  const settings = { url: 'https://example.com/', description: '', types: null };
  const { id, secret } = await endpoints.create(settings, 'ada');
  await eight((n) => endpoints.change(id, { state: n % 2 === 0 ? 'paused' : 'active' }, 'ada'));
  const { found, left } = await told(id);
  expect(found).toHaveLength(9);
  expect(found).toEqual(left);

  const rotated = await eight(() => endpoints.rotateSecret(id, 'ada'));
  const row = await database.prisma.eventEndpoint.findUniqueOrThrow({ where: { id } });
  const secrets = rotated.map((rotation) => rotation.secret);
  expect(secrets).toContain(row.secret);
  expect(secrets).toContain(row.previousSecret);
  expect(row.previousSecret).not.toBe(secret);
});
