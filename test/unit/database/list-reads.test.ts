import { expect, test } from 'vitest';
import { createStandbyReads } from '../../../src/database/list-reads.ts';
import type { PrismaClient } from '../../../src/generated/prisma/client.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';

test('the lag of a standby that hangs is not waited for', async () => {
  const hangs = () => new Promise(() => undefined);
  const position = { lsn: '0/1', database: '1/one', timeline: '00000001' };
  const { measureLag } = createStandbyReads({
    primary: { $queryRawUnsafe: async () => [position] } as unknown as PrismaClient,
    standby: { $queryRaw: hangs } as unknown as PrismaClient,
    connections: 1,
    onRead: () => undefined,
    log: createLogger('silent'),
  });
  expect(await measureLag?.()).toBeNaN();
});
