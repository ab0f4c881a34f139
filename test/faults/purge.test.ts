import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedFolder, openDurablePglite } from '../../src/database/embedded/durable-pglite.ts';
import { findBytes } from '../support/find-bytes.ts';
import { ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { createScenario, type Scenario } from './scenario.ts';

const [FIRST, SECOND, OTHER] = ['15550004001', '15550004002', '15550004003'];
const HOLD = 'hold';
// Operators are told to kill after 30 s.
const IN_TIME_MS = 30_000;

let scenario: Scenario;
beforeEach(async () => {
  scenario = await createScenario({ DATABASE_URL: '' });
});
afterEach(() => scenario.stop());

const database = () => embeddedFolder(scenario.dataDir);

/** Has the purge of the table of senders last as long as there is a file. */
async function makeHoldable(): Promise<void> {
  const { pglite, close } = await openDurablePglite(database());
  await pglite.exec(`
    CREATE FUNCTION held(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
      WHILE (pg_stat_file('${HOLD}', true)).size IS NOT NULL LOOP END LOOP;
      RETURN $1;
    END $$;
    CREATE INDEX ON sender (held(id))`);
  await close();
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${scenario.inbox.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as T;
}

const text = (number: string) =>
  scenario.deliver({ from: `+${number}`, body: `call ${number}`, attachments: [] });

/** Erases a sender, and stops in the midst of the purge; resolves with the id of the erasure. */
async function eraseHeld(number: string): Promise<string> {
  await writeFile(join(database(), HOLD), '');
  const { id } = await ask<{ id: string }>('POST', '/senders/erasures', { address: `+${number}` });
  await eventually(async () => {
    const { status, body } = await scenario.api<{ parts: object }>('/readyz');
    expect(status).toBe(200);
    expect(body.parts).toMatchObject({
      database: 'degraded: is busy with one long statement; webhooks are spooled',
    });
  }, 90_000);
  return id;
}

const letGo = () => rm(join(database(), HOLD));

const purged = (id: string) =>
  eventually(async () => {
    const erasure = await ask<{ purgedAt: string | null }>('GET', `/senders/erasures/${id}`);
    expect(erasure.purgedAt).not.toBeNull();
  }, 90_000);

test('a purge stops no webhook, and after kill -9 or SIGTERM in its midst the next start does it', async () => {
  await scenario.start();
  const sent = [await text(FIRST), await text(SECOND)];
  for (const number of [SECOND, OTHER]) {
    await ask('PUT', '/senders', { address: `+${number}`, note: 'called on Monday' });
  }
  await scenario.inbox.end('SIGTERM');
  await makeHoldable();

  await scenario.start();
  const first = await eraseHeld(FIRST);
  const during = await text(OTHER);
  expect(during.status).toBe(200);
  expect(await readdir(join(scenario.dataDir, 'spool'))).toHaveLength(2);
  // Whoever reads waits, and not for ever.
  const { status, body } = await scenario.api<{ code: string }>('/api/v1/messages');
  expect([status, body.code]).toEqual([503, 'unavailable']);
  await scenario.inbox.end('SIGKILL');
  await letGo();

  await scenario.start();
  await purged(first);
  expect(await findBytes(scenario.dataDir, Buffer.from(FIRST))).toEqual([]);
  await eventually(async () =>
    expect((await scenario.messages()).map(({ sid }) => sid)).toContain(during.sid),
  );

  const second = await eraseHeld(SECOND);
  const began = performance.now();
  await scenario.inbox.end('SIGTERM');
  expect(performance.now() - began).toBeLessThan(IN_TIME_MS);
  await letGo();

  await scenario.start();
  await purged(second);
  // Nor in what the killed process had written of the tables.
  expect(await findBytes(scenario.dataDir, Buffer.from(SECOND))).toEqual([]);
  expect(sent.map(({ status }) => status)).toEqual([200, 200]);
}, 480_000);
