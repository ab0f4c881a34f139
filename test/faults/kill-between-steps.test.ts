import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { launchInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { type LoadScenario, startLoadScenario } from './load-scenario.ts';

// The statements that store a group of attachments and complete their jobs, in their order.
const STEPS = {
  'taking jobs': 'UPDATE pgboss.+heartbeat_on',
  'claiming the files': 'FROM file_writer.+FOR SHARE',
  'locking the hashes': 'pg_advisory_xact_lock\\(hashtextextended\\(sha256',
  'holding the blocklist': 'pg_advisory_xact_lock_shared',
  'matching the blocklist': 'WITH near AS',
  'locking the rows': 'SELECT sid FROM media.+FOR UPDATE',
  'linking the bytes': 'WITH pending AS',
  'linking the previews': 'WITH linked AS',
  'storing the attachments': 'UPDATE "public"."media" SET "state"',
  'recording the events': 'INSERT INTO event',
  'completing the jobs': "state = 'completed'",
} as const;
const PRELOAD = new URL('../support/kill-at-statement.ts', import.meta.url).href;

let database: TestDatabase;
let scenario: LoadScenario;
beforeAll(async () => {
  database = await createTestDatabase();
  scenario = await startLoadScenario(database.databaseUrl, createSampleRandom(7));
}, 60_000);
afterAll(async () => {
  await scenario.remove();
  await database.remove();
});

/** Starts a process that works on messages until it dies at a statement. */
async function runUntilKilled(at: Record<string, string>): Promise<void> {
  const inbox = launchInboxProcess({
    ...scenario.env,
    ...at,
    NODE_OPTIONS: `--import ${PRELOAD}`,
  });
  const exit = once(inbox.child, 'exit');
  try {
    // Work that the process before left over may kill it before it is ready.
    const ready = await inbox.ready.catch(() => undefined);
    if (ready !== undefined) scenario.load.aim(ready.url);
    const [, signal] = await exit;
    expect(signal).toBe('SIGKILL');
  } finally {
    scenario.load.aim();
    await inbox.end('SIGKILL');
  }
}

const COMMIT = { KILL_AT: '^COMMIT', KILL_AFTER: STEPS['storing the attachments'] };
const MOMENTS: [name: string, at: Record<string, string>][] = [
  ...Object.entries(STEPS).map(([name, pattern]): [string, Record<string, string>] => [
    `before ${name}`,
    { KILL_AT: pattern },
  ]),
  ['before the commit', COMMIT],
  ['after the commit', { ...COMMIT, KILL_WHEN: 'after' }],
];

test.each(MOMENTS)('a process is killed %s', (_name, at) => runUntilKilled(at), 60_000);

test('after all of these nothing is lost, twice or left over', async () => {
  const { counts, lost, twice, orphans } = await scenario.settle(240_000);
  expect({ lost, twice, orphans }).toEqual({ lost: [], twice: [], orphans: [] });
  expect(counts.acknowledged).toBeGreaterThan(3);
}, 300_000);
