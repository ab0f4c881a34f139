import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BIN_FOLDERS = ['/usr/lib/postgresql', '/usr/pgsql'];

/** A PostgreSQL of a test's own, which may be stopped and killed. */
export interface PostgresCluster {
  url: string;
  start(): Promise<void>;
  /** `immediate` is as good as kill -9: no shutdown, recovery at the next start. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  remove(): Promise<void>;
}

/** @returns the folder of initdb and pg_ctl; null where there is no PostgreSQL */
export function findPostgres(): string | null {
  for (const folder of BIN_FOLDERS.filter(existsSync)) {
    const newest = readdirSync(folder)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(folder, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'initdb')));
    if (newest !== undefined) return newest;
  }
  return null;
}

/** Makes a cluster in a temporary folder, on a port of its own, and starts it. */
export async function startPostgresCluster(bin: string): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  // PostgreSQL refuses to run as root.
  if (isRoot) await run('chown', ['postgres:', folder]);
  const as = (program: string, ...args: string[]) =>
    isRoot
      ? run('runuser', ['-u', 'postgres', '--', join(bin, program), ...args], { cwd: '/' })
      : run(join(bin, program), args);

  await as('initdb', `--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
  const cluster: PostgresCluster = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async start() {
      const log = join(folder, 'log');
      await as('pg_ctl', `--pgdata=${data}`, `--log=${log}`, '-w', `--options=${options}`, 'start');
    },
    async stop(mode) {
      await as('pg_ctl', `--pgdata=${data}`, `--mode=${mode}`, '-w', 'stop');
    },
    async remove() {
      await cluster.stop('immediate').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
