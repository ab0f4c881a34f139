import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Moderation } from '../../../src/generated/prisma/client.ts';
import { createBlocklistIndex } from '../../../src/moderation/blocklist/blocklist-index.ts';
import type { Judgement } from '../../../src/moderation/judgement.ts';
import { createPdqIndex } from '../../../src/pdq/pdq-index.ts';
import { createScreen } from '../../../src/screening/screening.ts';
import { addMedia } from '../../support/add-media.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
let database: TestQueue['database'];
let queue: TestQueue['queue'];
beforeAll(async () => {
  opened = await openTestQueue();
  ({ database, queue } = opened);
});
afterAll(() => opened.close());

/** Takes one media in, and tells what became of it and which events that had. */
async function admit(moderation: Moderation, opinion: Judgement | null) {
  const { prisma } = database;
  const sid = await addMedia(database, { moderation });
  const index = createBlocklistIndex(database, createPdqIndex());
  const screen = createScreen({
    database,
    queue,
    index,
    scan: async () => ({ judgement: opinion }),
  });
  const bytes = { sha256: '0'.repeat(64), picture: null };
  const findings = await screen.inspect(
    { ...bytes, mediaSid: sid, contentType: null, key: '', byteSize: 1, previews: [] },
    new AbortController().signal,
  );
  await prisma.$transaction(async (tx) => {
    const verdict = (await screen.decide(tx, [{ ...bytes, findings }])).get(bytes.sha256);
    const stored =
      verdict?.act === 'delete'
        ? []
        : await tx.media.updateManyAndReturn({ where: { sid }, data: { state: 'stored' } });
    await verdict?.apply(tx, [sid], stored);
  });
  const media = await prisma.media.findUniqueOrThrow({ where: { sid } });
  const events = await prisma.event.findMany({ where: { mediaSid: sid }, orderBy: { seq: 'asc' } });
  return {
    became: `${media.state}, ${media.moderation}`,
    told: events.map(({ type, data }) => [type, (data as { reasonCode: string }).reasonCode]),
  };
}

const judged = (act: Judgement['act']): Judgement => ({
  act,
  decider: { actor: 'system:scan', reasonCode: 'scan', reason: null },
});

test.each<[Moderation, Judgement | null, string, [string, string][]]>([
  ['visible', null, 'stored, visible', []],
  ['visible', judged('hold'), 'stored, held', [['media.held', 'scan']]],
  ['visible', judged('quarantine'), 'stored, quarantined', [['media.quarantined', 'scan']]],
  ['visible', judged('delete'), 'pending, quarantined', [['media.quarantined', 'scan']]],
  ['held', null, 'stored, held', [['media.held', 'moderation_mode']]],
  ['held', judged('hold'), 'stored, held', [['media.held', 'moderation_mode']]],
  ['held', judged('quarantine'), 'stored, quarantined', [['media.quarantined', 'scan']]],
  ['quarantined', judged('hold'), 'stored, quarantined', []],
])('%s, judged %j: %s', async (moderation, opinion, became, told) => {
  expect(await admit(moderation, opinion)).toEqual({ became, told });
});
