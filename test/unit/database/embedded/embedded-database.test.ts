import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedDatabase } from '../../../../src/database/embedded/embedded-database.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';

let folder: string;
const log = createLogger('silent');
const open = () => openEmbeddedDatabase(folder, log, (error) => expect.unreachable(String(error)));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-embedded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the event loop has its turns while statements follow each other', async () => {
  const database = await open();
  try {
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const statement = () =>
      database.prisma.$queryRaw`SELECT count(*) FROM generate_series(1, 20000)`;
    await Promise.all(Array.from({ length: 200 }, statement));
    clearImmediate(next);
    expect(turns).toBeGreaterThan(20);
  } finally {
    await database.close();
  }
});

test('a folder in use is refused, and free again after the close', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'data_folder_in_use' });
  await first.close();
  const second = await open();
  await second.ping();
  await second.close();
});

test('a failed statement inside a transaction does not reach the next one', async () => {
  const database = await open();
  try {
    await database.prisma.$executeRaw`CREATE TABLE scratch (id int)`;
    await expect(
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO scratch VALUES (1000)`;
        await tx.$executeRaw`SELECT nothing_of_this_name`;
      }),
    ).rejects.toThrow();
    expect(await database.prisma.$queryRaw`SELECT * FROM scratch WHERE id = 1000`).toEqual([]);
  } finally {
    await database.close();
  }
});

test('statements that come again are read once, also after one has failed', async () => {
  const database = await open();
  const names = () =>
    database.prisma.$queryRaw<{ name: string }[]>`
      SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT 7 +%'`;
  const ask = (n: number) => database.prisma.$queryRaw`SELECT 7 + ${n}::int AS sum`;
  try {
    for (let round = 0; round < 3; round += 1) {
      for (const n of [1, 2, 3]) expect(await ask(n)).toEqual([{ sum: 7 + n }]);
      expect(await names()).toEqual([{ name: expect.stringMatching(/^mms_inbox_/) }]);
      await expect(database.prisma.$queryRaw`SELECT nothing_of_this_name`).rejects.toThrow();
    }
  } finally {
    await database.close();
  }
});

test('a purge leaves nothing in the statistics of a table that is empty now', async () => {
  const database = await open();
  const noted = () =>
    database.prisma.$queryRaw<{ values: string }[]>`
      SELECT most_common_vals::text AS values FROM pg_stats
      WHERE tablename = 'sender' AND attname = 'note'`;
  try {
    for (let n = 0; n < 20; n += 1) {
      await database.prisma.sender.create({
        data: { id: `sender-${n}`, note: 'told in private', updatedBy: 'test' },
      });
    }
    await database.prisma.$executeRaw`ANALYZE sender`;
    expect(await noted()).toEqual([{ values: '{"told in private"}' }]);
    await database.prisma.sender.deleteMany();
    await database.purge(new AbortController().signal);
    expect(await noted()).toEqual([]);
  } finally {
    await database.close();
  }
});
