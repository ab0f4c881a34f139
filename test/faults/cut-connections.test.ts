import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CuttableProxy, startCuttableProxy } from '../support/cuttable-proxy.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';

const bin = findPostgres();
let cluster: PostgresCluster | undefined;
let proxy: CuttableProxy | undefined;
let inbox: InboxProcess | undefined;
let dataDir: string;

beforeEach(async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  cluster = await startPostgresCluster(bin);
  const url = new URL(cluster.url);
  proxy = await startCuttableProxy(Number(url.port));
  url.port = String(proxy.port);
  dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-cut-'));
  inbox = await startInboxProcess(inboxEnv({ dataDir, databaseUrl: url.href }));
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await proxy?.close();
  await cluster?.remove();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

test('SIGTERM ends it within 30 seconds, also when its connections were cut off without a word', async () => {
  proxy?.cut();
  const began = performance.now();
  await inbox?.end('SIGTERM');
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(inbox?.output()).toMatch(/stopped|the shutdown timed out/);
}, 120_000);
