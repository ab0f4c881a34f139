import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { READ_POSITION, READ_STANDBY, type StandbyState } from '../database/list-reads.ts';
import { ServerClient } from '../database/server-client.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'standby';
const CONNECT_TIMEOUT_MS = 10_000;
const REPLAY_MS = 2000;
const POLL_MS = 10;

/** Whether lists can be read from the standby, if there is one. Without it they are read from the primary. */
export async function checkStandby(
  config: Pick<Config, 'databaseUrl' | 'databaseReadUrl'>,
): Promise<Finding[]> {
  const { databaseUrl, databaseReadUrl } = config;
  if (databaseUrl === undefined || databaseReadUrl === undefined) return [];
  const [primary, standby] = [databaseUrl, databaseReadUrl].map(
    (connectionString) =>
      new ServerClient({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS }),
  ) as [ServerClient, ServerClient];
  try {
    await standby.connect();
  } catch (error) {
    return [unreachable(error)];
  }
  try {
    await primary.connect();
    return [await compare(primary, standby)];
  } catch (error) {
    return [problem('skipped', NAME, asError(error).message || String(codeOf(error)), null)];
  } finally {
    await Promise.all([primary.end(), standby.end()]);
  }
}

function unreachable(error: unknown): Finding {
  return problem(
    'warning',
    NAME,
    `does not answer: ${asError(error).message || codeOf(error)}; lists are read from the primary`,
    'Check DATABASE_READ_URL: host, port, user, password, database name.',
  );
}

async function compare(primary: ServerClient, standby: ServerClient): Promise<Finding> {
  const { rows } = await primary.query(READ_POSITION);
  const [{ lsn, database, timeline }] = rows;
  const beganAt = performance.now();
  for (;;) {
    const { rows: found } = await standby.query<StandbyState>(READ_STANDBY, [
      lsn,
      database,
      timeline,
    ]);
    const [state] = found;
    if (!state?.isStandby || !state.isSameDatabase) {
      const what = state?.isStandby ? 'is a standby of another database' : 'is no standby';
      const remedy = 'Set DATABASE_READ_URL to a standby of the database of DATABASE_URL.';
      return problem('failed', NAME, `${what}; lists are read from the primary`, remedy);
    }
    const fault = faultOf(state);
    const ms = Math.ceil(performance.now() - beganAt);
    if (fault === null) return ok(NAME, `has all that was committed, after ${ms} ms`);
    if (ms > REPLAY_MS) {
      const remedy = 'Check pg_stat_replication on the primary, and the log of the standby.';
      return problem('warning', NAME, `${fault}; lists are read from the primary`, remedy);
    }
    await wait(POLL_MS);
  }
}

/** @returns why lists cannot be read from a standby now; null when they can */
function faultOf({ isStreaming, isSameTimeline, behind }: StandbyState): string | null {
  if (!isStreaming) return 'receives no WAL';
  if (!isSameTimeline) return 'follows the timeline of another primary';
  if (behind !== null && behind <= 0) return null;
  return `${behind ?? 'all'} bytes of WAL behind for ${REPLAY_MS / 1000} s`;
}
