import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { startPublishing } from '../../src/events/event-outbox.ts';
import { JOBS, type JobHandlers } from '../../src/jobs/job-list.ts';
import { createPgBossQueue } from '../../src/jobs/pg-boss-queue.ts';
import { repeatTask } from '../../src/lifecycle/repeat-task.ts';
import { startCuttableProxy } from '../support/cuttable-proxy.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { eventually } from '../support/test-inbox.ts';

const BEGINS = 'the database cannot be reached: it is tried again until it answers';
const ENDS = 'the database answers again';

/** A queue with a way to the server of its own, beside a publisher and probes of `/readyz` that succeed. */
async function openQueueApart(databaseUrl: string, dataDir: string) {
  const lines: { level: number; msg: string; connections?: string }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const url = new URL(databaseUrl);
  const proxy = await startCuttableProxy(Number(url.port || 5432));
  onTestFinished(() => proxy.close());
  [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
  const database = await openDatabase({ dataDir, databaseUrl }, log);
  onTestFinished(() => database.close());
  const queueConnection = { ...database.queueConnection, connectionString: url.href };
  const queue = createPgBossQueue({ ...database, queueConnection }, log);
  await queue.start();
  onTestFinished(async () => {
    proxy.restore();
    await queue.stop();
  });
  onTestFinished(startPublishing({ database, queue, log }));
  onTestFinished(repeatTask({ task: database.ping, everyMs: 50 }));
  const outages = () => lines.filter(({ msg }) => msg === BEGINS || msg === ENDS);
  return { queue, proxy, outages };
}

test.for(['that is worked on', 'that is only sent to'])(
  'the outage of a queue %s is logged, though the database answers everything else',
  async (use, { skip }) => {
    const files = await createTestDatabase();
    onTestFinished(() => files.remove());
    const { databaseUrl, dataDir } = files;
    if (databaseUrl === undefined) return skip('there is no server to be cut off from');
    const { queue, proxy, outages } = await openQueueApart(databaseUrl, dataDir);
    if (use === 'that is worked on') {
      const none = async () => undefined;
      const handlers = Object.fromEntries(Object.keys(JOBS).map((name) => [name, none]));
      await queue.work(handlers as unknown as JobHandlers);
    }
    proxy.breakOff();
    await eventually(async () => expect(outages()).toHaveLength(1));
    expect(outages()).toMatchObject([{ level: 50, msg: BEGINS, connections: 'queue' }]);
    proxy.restore();
    await eventually(async () => expect(outages()).toHaveLength(2));
    expect(outages()[1]).toMatchObject({ level: 40, msg: ENDS });
  },
);
