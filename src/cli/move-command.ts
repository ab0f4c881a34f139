import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { readNewPlace } from '../config/blob-fields.ts';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import { keyStartOf, type S3Location } from '../files/s3/s3-location.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import type { HoldSnapshot } from '../move/move-source.ts';
import type { NewPlace } from '../move/new-store.ts';
import type { MoveProgress, MoveReport } from '../move/run-move.ts';
import { EXIT } from './exit-codes.ts';
import { createProgressBar } from './progress-bar.ts';
import { runningServer } from './with-api.ts';

interface Flags {
  toDatabase: string;
  toBlobs?: string;
}

const NAMED_PROBLEMS = 20;

/** Registers `move`. */
export function addMoveCommand(program: Command, readConfig: () => Readonly<Config>): void {
  program
    .command('move')
    .description('copy everything to a PostgreSQL database and, if wanted, to a bucket')
    .requiredOption(
      '--to-database <url>',
      'a new, empty database: postgres://user:password@host/name',
      postgresUrl,
    )
    .option('--to-blobs <url>', 'where files go: s3://bucket/prefix, or file:///folder')
    .action(async ({ toDatabase, toBlobs }: Flags) => {
      const config = readConfig();
      const place = toBlobs === undefined ? undefined : placeOf(toBlobs, config);
      const { createLogger } = await import('../monitoring/logger.ts');
      const { runMove } = await import('../move/run-move.ts');
      const { progress, end, task } = showProgress();
      const onSignal = () => {
        end();
        console.error(`Stopped${task()}. Run the same command again: it copies what is missing.`);
        // Like a kill, which every step of a move survives.
        exitProcess(EXIT.interrupted);
      };
      process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
      console.error(
        `Copying into the database ${describeTarget(toDatabase)}. It may be interrupted and run again.`,
      );
      const report = await runMove(
        { config, toDatabase, toBlobs: place, holdSnapshot: () => holdSnapshot(config), progress },
        createLogger('silent'),
      ).finally(end);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      for (const line of describeReport(report)) console.log(line);
      if (report.isDone)
        for (const line of describeSettings(config, place, report)) console.log(line);
      if (!isClean(report)) process.exitCode = EXIT.failed;
    });
}

function postgresUrl(text: string): string {
  if (/^postgres(ql)?:\/\/.+/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It needs postgres://user:password@host:5432/name.');
}

/** Without the password. */
function describeTarget(url: string): string {
  const { pathname, host, searchParams } = new URL(url);
  return `"${pathname.slice(1)}" on ${host || searchParams.get('host') || 'localhost'}`;
}

function placeOf(url: string, { dataDir }: Config): NewPlace {
  const read = readNewPlace(url, dataDir);
  if ('problem' in read) {
    throw new AppError('invalid_request', `--to-blobs needs ${read.problem}`);
  }
  return read.place;
}

/** Has the server that holds the data folder take a snapshot, and keep it as long as the answer is read. */
async function holdSnapshot(config: Readonly<Config>): ReturnType<HoldSnapshot> {
  const { snapshotsFolder } = await import('../database/embedded/embedded-snapshot.ts');
  const ending = new AbortController();
  const { response } = await runningServer(config).POST('/api/v1/snapshots', {
    parseAs: 'stream',
    signal: ending.signal,
  });
  const lines = createInterface(Readable.fromWeb(response.body as ReadableStream));
  // It ends with the connection: when it is released, or when the server stops.
  lines.on('error', () => undefined);
  const [line] = await once(lines, 'line');
  const { name } = snapshot.parse(JSON.parse(line));
  return { dataDir: join(snapshotsFolder(config.dataDir), name), release: () => ending.abort() };
}

const snapshot = z.object({ name: z.string().regex(/^[0-9a-f]+$/) });

/** A progress bar for each task. */
function showProgress(): {
  progress: MoveProgress;
  end: () => void;
  /** How far the current task is, in words; empty before the first one. */
  task: () => string;
} {
  const bar = createProgressBar('{task} {bar} {percentage} % | {value}/{total} {unit}');
  const units = { rows: 'rows', comparison: 'rows', files: 'bytes', 'file check': 'files' };
  let isShown = false;
  let current = '';
  let done = 0;
  let all = 0;
  function end(): void {
    if (isShown) bar.stop();
    isShown = false;
  }
  return {
    end,
    task: () => (current === '' ? '' : ` at ${current}, ${done} of ${all}`),
    progress: {
      begin(task, total) {
        end();
        current = task;
        done = 0;
        all = total;
        if (total === 0) return;
        bar.start(total, 0, { task: task.padEnd(10), unit: units[task] });
        isShown = true;
      },
      advance(count) {
        done += count;
        if (isShown) bar.increment(count);
      },
    },
  };
}

function isClean({ tables, problems }: MoveReport): boolean {
  return problems.length === 0 && tables.every(({ differences }) => differences.length === 0);
}

function describeReport(report: MoveReport): string[] {
  const { tables, otherTables, files, problems, isInUse } = report;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const different = tables.filter(({ differences }) => differences.length > 0);
  const lines = [
    `${rows} rows in ${tables.length} tables, ${different.length} of which differ; ${files} files copied.`,
    ...otherTables.map((name) => `${name} is not a table of mms-inbox, and is not moved`),
    ...different.flatMap(({ name, source, target, differences }) => [
      `${name} differs: SHA-256 of all rows is ${source} at the source, ${target} at the target`,
      ...differences.map((difference) => `  ${difference}`),
    ]),
    ...problems.slice(0, NAMED_PROBLEMS).map(({ key, problem }) => `file ${problem}: ${key}`),
  ];
  if (problems.length > NAMED_PROBLEMS) {
    lines.push(`… and ${problems.length - NAMED_PROBLEMS} more files`);
  }
  if (isInUse) {
    lines.push(
      '',
      'A server works on the source: it has gone on meanwhile, so this is not everything.',
      'Stop the server, and run the same command again. That run copies the difference, and prints what to set.',
    );
  }
  return lines;
}

function describeSettings(
  config: Readonly<Config>,
  place: NewPlace | undefined,
  { problems }: MoveReport,
): string[] {
  const all =
    problems.length === 0
      ? 'Everything is there.'
      : 'Everything else is there. Repair these files at the source and run this again, or do without them.';
  const lines = ['', `${all} Set`, '  DATABASE_URL   to the URL of --to-database'];
  if (place !== undefined) lines.push('  BLOB_STORE_URL to the URL of --to-blobs');
  if (config.databaseDirectUrl !== undefined || config.databaseReadUrl !== undefined) {
    lines.push(
      '  DATABASE_DIRECT_URL, DATABASE_READ_URL to those of the new server, or to nothing',
    );
  }
  const before = config.databaseUrl === undefined ? 'the embedded database' : 'the old database';
  lines.push(
    `and start the server. Keep DATA_DIR: messages that wait in ${config.dataDir}/spool come in then.`,
    'Never start a server with the old settings again: it would go on with the same jobs.',
    `Nothing was changed in ${before}: remove it when the new one works. What is deleted from now on stays in it until then.`,
  );
  const stores = place === undefined ? [] : storesBefore(config, place);
  if (stores.length > 0) lines.push(`The same goes for the files in ${stores.join(', ')}.`);
  return lines;
}

/** The stores of the source without the new one, where files may have stayed. */
function storesBefore({ blobFolder, s3, formerS3 }: Readonly<Config>, place: NewPlace): string[] {
  const isNew = (location: S3Location) =>
    place.s3 !== undefined && keyStartOf(location) === keyStartOf(place.s3);
  const buckets = [...(s3 ? [s3] : []), ...formerS3].filter((location) => !isNew(location));
  const isSameFolder = place.folder !== undefined && resolve(place.folder) === blobFolder;
  return [...(isSameFolder ? [] : [blobFolder]), ...buckets.map(keyStartOf)];
}
