import type { Logger } from 'pino';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { createDatabaseOutage, type Database } from './database.ts';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import type { ListReadOutcome } from './list-reads.ts';
import { openServerDatabase } from './server-database.ts';

/**
 * The server that `DATABASE_URL` names, with the standby of `DATABASE_READ_URL` for lists; or else the embedded database
 * under `DATA_DIR`.
 *
 * @param config.databaseDirectUrl the same server past the pooler of `databaseUrl`; undefined when there is none
 * @param onListRead called after each read of a list, where there is a standby
 */
export async function openDatabase(
  config: {
    databaseUrl: string | undefined;
    databaseDirectUrl?: string | undefined;
    databaseReadUrl?: string | undefined;
    dataDir: string;
  },
  log: Logger,
  onListRead: (outcome: ListReadOutcome) => void = () => undefined,
): Promise<Database> {
  const { databaseUrl: pooled, databaseDirectUrl: direct = pooled, databaseReadUrl } = config;
  if (pooled === undefined || direct === undefined) {
    return openEmbeddedDatabase(config.dataDir, log, (error) => {
      log.fatal(
        { err: error },
        'the embedded database has died, and this process exits: nothing that was acknowledged is lost, ' +
          'and the next start continues. Is the disk full?',
      );
      exitProcess(1);
    });
  }
  const standby =
    databaseReadUrl === undefined
      ? undefined
      : { connectionString: databaseReadUrl, onRead: onListRead, log };
  return openServerDatabase({ pooled, direct }, createDatabaseOutage(log), log, standby);
}
