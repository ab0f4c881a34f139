import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import type { JobQueue } from '../../src/jobs/job-queue.ts';
import { createPgBossQueue } from '../../src/jobs/pg-boss-queue.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A database for one test with the queue on it, without a server process. */
export interface TestQueue {
  files: TestDatabase;
  database: Database;
  queue: JobQueue;
  close(): Promise<void>;
}

export async function openTestQueue(log = createLogger('silent')): Promise<TestQueue> {
  const files = await createTestDatabase();
  const database = await openDatabase(files, log);
  const queue = createPgBossQueue(database, log);
  await queue.start();
  return {
    files,
    database,
    queue,
    async close() {
      await queue.stop();
      await database.close();
      await files.remove();
    },
  };
}
