import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import pLimit from 'p-limit';
import { bodyOf } from '../client/api-client.ts';
import { AppError } from '../errors/app-error.ts';
import { validate } from '../http/validate.ts';
import { EXIT, Interrupted } from './exit-codes.ts';
import { findImportFiles, type ImportFiles, type ImportProblem } from './find-import-files.ts';
import { createImportFile, type ImportFile } from './import-file.ts';
import type { ImportTime } from './import-time.ts';
import { interruptible } from './interruptible.ts';
import { type JsonFlag, jsonOption, printJson } from './json-option.ts';
import { createProgressBar } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

// A caller may send eight uploads at once: room for a second import.
const AT_ONCE = 4;
const NAMED_PROBLEMS = 20;

interface Flags extends JsonFlag {
  from?: string;
  to?: string;
  receivedAt?: string;
}

/** Counts of what became of the files. */
interface ImportCounts {
  imported: number;
  known: number;
  sources: Record<ImportTime['source'], number>;
  problems: ImportProblem[];
}

/** Registers `import`. */
export function addImportCommand(program: Command, withApi: WithApi): void {
  program
    .command('import')
    .description('import the files of a folder, each as a message; again, it goes on with the rest')
    .argument('<folder>', 'its files, and those of the folders in it')
    .option('--from <address>', 'the sender of all: +15551234567 (default: not known)')
    .option('--to <address>', 'the number that they were sent to (default: not known)')
    .option(
      '--received-at <time>',
      'when all were received: 2026-01-31 or 2026-01-31T10:00:00Z (default: when a picture was taken, ' +
        'else when the file was changed last)',
    )
    .addOption(jsonOption())
    .action(async (folder: string, { from, to, receivedAt, json }: Flags) => {
      const { mediaOperations } = await import('../media/media-operations.ts');
      const message = validate(mediaOperations.importMedia.form.fields, { from, to, receivedAt });
      const found = await findImportFiles(folder);
      if (found.files.length + found.problems.length === 0) {
        throw new AppError(
          'not_found',
          `There is nothing to import in ${folder}.${leftOut(found)}`,
        );
      }
      await withApi({ worker: false }, async (api) => {
        const { capabilities } = bodyOf(await api.GET('/api/v1/whoami'));
        const scratch = await mkdtemp(join(tmpdir(), 'mms-inbox-import-'));
        const importFile = createImportFile(api, {
          from: message.from,
          to: message.to,
          receivedAt: message.receivedAt,
          maxBytes: capabilities.mediaMaxBytes,
          scratch,
        });
        try {
          report(found, await importAll(found, importFile), json);
        } finally {
          await rm(scratch, { recursive: true, force: true });
        }
      });
    });
}

/** @throws Interrupted after Ctrl-C, when the files that were begun have ended */
async function importAll(found: ImportFiles, importFile: ImportFile): Promise<ImportCounts> {
  const counts: ImportCounts = {
    imported: 0,
    known: 0,
    sources: { option: 0, camera: 0, file: 0, now: 0 },
    problems: [...found.problems],
  };
  const { length: total } = found.files;
  const bar = createProgressBar(
    '{bar} {percentage} % | {value}/{total} files | {imported} imported, {known} here already, {failed} failed',
  );
  const payload = () => ({ ...counts, failed: counts.problems.length });
  let done = 0;

  async function importNext(path: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const outcome = await importFile(path);
    if (outcome.state === 'failed') counts.problems.push({ path, problem: outcome.problem });
    else counts[outcome.state] += 1;
    if (outcome.state === 'imported') counts.sources[outcome.source] += 1;
    done += 1;
    bar.update(done, payload());
  }

  try {
    await interruptible(async (signal) => {
      const limit = pLimit(AT_ONCE);
      bar.start(total, 0, payload());
      try {
        await Promise.all(found.files.map((path) => limit(() => importNext(path, signal))));
      } finally {
        limit.clearQueue();
      }
      if (signal.aborted && done < total) throw new Interrupted(stoppedAt(counts, total - done));
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = `${error.message} ${stoppedAt(counts, total - done)}`;
    throw new AppError(error.code, message, { cause: error });
  } finally {
    bar.stop();
  }
  return counts;
}

function stoppedAt({ imported, known }: ImportCounts, left: number): string {
  return (
    `Stopped: imported ${imported}, here already ${known}, ${left} to go. Run the same command again: it skips what ` +
    'is here.'
  );
}

function report(found: ImportFiles, counts: ImportCounts, isJson = false): void {
  if (counts.problems.length > 0) process.exitCode = EXIT.failed;
  if (isJson) printJson({ ...counts, hidden: found.hidden, links: found.links });
  else printCounts(found, counts);
}

function printCounts(found: ImportFiles, counts: ImportCounts): void {
  const { imported, known, sources, problems } = counts;
  for (const { path, problem } of problems.slice(0, NAMED_PROBLEMS)) {
    console.error(`${path} ${problem}`);
  }
  if (problems.length > NAMED_PROBLEMS) {
    console.error(`… and ${problems.length - NAMED_PROBLEMS} more`);
  }
  console.log(
    `Imported: ${imported}. Here already: ${known}. Failed: ${problems.length}.${leftOut(found)}`,
  );
  if (imported > 0 && sources.option === 0) {
    console.log(
      `Received when the picture was taken: ${sources.camera}. When the file was changed last: ${sources.file}. Now, as ` +
        `neither is from 2000 to today: ${sources.now}.`,
    );
  }
}

function leftOut({ hidden, links }: ImportFiles): string {
  const parts = [
    ...(hidden > 0 ? [` Hidden, left out: ${hidden}.`] : []),
    ...(links > 0 ? [` Symbolic links, left out: ${links}.`] : []),
  ];
  return parts.join('');
}
