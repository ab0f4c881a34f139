import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/database/open-database.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { seedInbox } from '../test/support/seed-inbox.ts';

// `npm run bench:seed`: fills a database as after years of use, to try anything at depth. An interrupted run is
// continued by the same command.
//
//   --rows 1000000             messages, each with one attachment
//   --data-dir ./seeded        of the embedded database; created when it is missing
//   --database-url postgres:…  an empty database on a server instead of the embedded one; a superuser's

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    'data-dir': { type: 'string', default: './seeded' },
    'database-url': { type: 'string' },
  },
});
const rows = Number(options.rows);
if (!Number.isInteger(rows) || rows < 1000) throw new Error('--rows is a number from 1000');
const dataDir = options['data-dir'];
await mkdir(dataDir, { recursive: true });
const database = await openDatabase(
  { databaseUrl: options['database-url'], dataDir },
  createLogger('error'),
);
const begun = performance.now();
try {
  await seedInbox(database, rows, (done) => {
    console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s  ${done}`);
  });
} finally {
  await database.close();
}
