import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';

const run = promisify(execFile);
const BIN_FOLDERS = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin'];

/** A PostgreSQL of a test's own, which may be stopped and killed. */
export interface PostgresCluster {
  url: string;
  start(): Promise<void>;
  /** `immediate` is as good as kill -9: no shutdown, recovery at the next start. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  remove(): Promise<void>;
}

/** @returns the folder of initdb and pg_ctl, as .ci/run finds it; null where there is no PostgreSQL */
export function findPostgres(): string | null {
  const versions = globSync(BIN_FOLDERS).sort((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
  const onPath = (process.env.PATH ?? '').split(delimiter);
  return [...versions, ...onPath].find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}

/** Makes a cluster in a temporary folder, on a port of its own, and starts it. */
export function startPostgresCluster(bin: string): Promise<PostgresCluster> {
  return startCluster(bin, (as, data) =>
    as('initdb', `--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8'),
  );
}

/** Makes a hot standby of a running cluster, by streaming replication, and starts it. */
export function startStandby(bin: string, primary: PostgresCluster): Promise<PostgresCluster> {
  return startCluster(bin, (as, data) =>
    as(
      'pg_basebackup',
      `--dbname=${primary.url}`,
      `--pgdata=${data}`,
      '--write-recovery-conf',
      '--checkpoint=fast',
    ),
  );
}

type RunProgram = (program: string, ...args: string[]) => Promise<unknown>;

async function startCluster(
  bin: string,
  makeData: (as: RunProgram, data: string) => Promise<unknown>,
): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  // PostgreSQL refuses to run as root.
  if (isRoot) await run('chown', ['postgres:', folder]);
  const as: RunProgram = (program, ...args) =>
    isRoot
      ? run('runuser', ['-u', 'postgres', '--', join(bin, program), ...args], { cwd: '/' })
      : run(join(bin, program), args);

  await makeData(as, data);
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
