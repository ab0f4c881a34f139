import { expect, test } from 'vitest';
import { addEntries } from '../../../../src/moderation/blocklist/blocklist-entries.ts';
import { createBlocklistIndex } from '../../../../src/moderation/blocklist/blocklist-index.ts';
import { matchBlobs } from '../../../../src/moderation/blocklist/match-blob.ts';
import { createPdqIndex } from '../../../../src/pdq/pdq-index.ts';
import { openTestQueue } from '../../../support/test-queue.ts';

test('an entry is not missed when another caller refreshes the index while the statement runs', async () => {
  const { database, close } = await openTestQueue();
  try {
    const { prisma } = database;
    const index = createBlocklistIndex(database, createPdqIndex());
    await index.ready();
    const hash = 'd8'.repeat(32);
    const terms = { policy: 'delete', source: 'upload', actor: 'moderator' } as const;
    await prisma.$transaction((tx) =>
      addEntries(tx, [{ kind: 'pdq', hash }], { ...terms, reasonCode: null, reason: null }),
    );
    const $queryRaw = async (...query: Parameters<typeof prisma.$queryRaw>) => {
      const answer = await prisma.$queryRaw(...query);
      await index.refresh(prisma);
      return answer;
    };
    const sha256 = '0'.repeat(64);
    const given = [{ sha256, picture: { hash, quality: 100 } }];
    const matches = await matchBlobs({ $queryRaw } as typeof prisma, index, given);
    expect([...matches.keys()]).toEqual([sha256]);
  } finally {
    await close();
  }
});
