import type { Logger } from 'pino';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { createDatabaseOutage, type Database } from './database.ts';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import { openServerDatabase } from './server-database.ts';

/** The server that `DATABASE_URL` names, or else the embedded database under `DATA_DIR`. */
export async function openDatabase(
  config: { databaseUrl: string | undefined; dataDir: string },
  log: Logger,
): Promise<Database> {
  if (config.databaseUrl === undefined) {
    return openEmbeddedDatabase(config.dataDir, log, (error) => {
      log.fatal(
        { err: error },
        'the embedded database has died, and this process exits: nothing that was acknowledged is lost, ' +
          'and the next start continues. Is the disk full?',
      );
      exitProcess(1);
    });
  }
  return openServerDatabase(config.databaseUrl, createDatabaseOutage(log));
}
