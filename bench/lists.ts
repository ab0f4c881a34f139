import { openDatabase } from '../src/database/open-database.ts';
import { listMedia } from '../src/gallery/list-media.ts';
import { mediaListQuery } from '../src/gallery/list-query.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import {
  findPostgres,
  startPostgresCluster,
  startStandby,
} from '../test/faults/postgres-cluster.ts';
import { seedInbox } from '../test/support/seed-inbox.ts';
import { SEEDED } from '../test/support/seed-rows.ts';
import { round } from './pipeline-report.ts';
import { readPostgresBytes, watchBackends } from './postgres-work.ts';

// `npm run bench:lists`: the processor time of a primary for lists that are read from it, and for the same lists when they are
// read from a standby (docs/adr/0045-read-standby.md). Needs PostgreSQL's programs on this machine; Linux only.

const ROWS = Number(process.env.BENCH_ROWS ?? 5000);
const LISTS = Number(process.env.BENCH_LISTS ?? 500);
const QUERIES: Record<string, Record<string, string>> = {
  'a page of 50': { limit: '50' },
  'filtered by sender': { limit: '50', from: SEEDED.sender },
  'filtered by a rare type': { limit: '50', contentType: 'video/' },
};

const bin = findPostgres();
if (bin === null) throw new Error('PostgreSQL (initdb, pg_ctl) is not installed');
const primary = await startPostgresCluster(bin);
const log = createLogger('error');
try {
  const database = await openDatabase({ databaseUrl: primary.url, dataDir: '' }, log);
  await seedInbox(database, ROWS).finally(database.close);
  const standby = await startStandby(bin, primary);
  try {
    console.table(await measure(primary.url, standby.url));
    await reportSizes(primary.url);
  } finally {
    await standby.remove();
  }
} finally {
  await primary.remove();
}

async function measure(databaseUrl: string, databaseReadUrl: string) {
  const rows: Record<string, string | number>[] = [];
  for (const [list, query] of Object.entries(QUERIES)) {
    const own = await primaryTime({ databaseUrl }, query);
    const offloaded = await primaryTime({ databaseUrl, databaseReadUrl }, query);
    rows.push({
      list,
      'ms of the primary for each': round(own.ms, 2),
      'with a standby': round(offloaded.ms, 2),
      ratio: round(offloaded.ms / own.ms, 2),
      'read on the standby': `${offloaded.onStandby} of ${LISTS}`,
    });
  }
  return rows;
}

async function reportSizes(url: string): Promise<void> {
  const { media, kept, events } = await readPostgresBytes(url);
  console.log(
    `tables and indexes, of seeded rows: ${round(kept / media)} bytes kept and ${round(events / media)} of events for each attachment`,
  );
}

/** Processor milliseconds of the primary's backends for each list. */
async function primaryTime(
  urls: { databaseUrl: string; databaseReadUrl?: string },
  query: Record<string, string>,
): Promise<{ ms: number; onStandby: number }> {
  let onStandby = 0;
  const database = await openDatabase({ ...urls, dataDir: '' }, log, (outcome) => {
    if (outcome === 'standby') onStandby += 1;
  });
  const parsed = mediaListQuery.parse(query);
  const list = () => database.lists.read((db) => listMedia(db, parsed, 'everything'));
  try {
    for (let n = 0; n < 20; n += 1) await list();
    onStandby = 0;
    const { pathname } = new URL(urls.databaseUrl);
    const backends = await watchBackends(watcherUrl(urls.databaseUrl), pathname.slice(1));
    for (let n = 0; n < LISTS; n += 1) await list();
    const seconds = await backends.stop();
    return { ms: ((seconds ?? Number.NaN) * 1000) / LISTS, onStandby };
  } finally {
    await database.close();
  }
}

/** Of another database, so that the questions do not count. */
function watcherUrl(url: string): string {
  return Object.assign(new URL(url), { pathname: '/template1' }).href;
}
