import type { WriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import { AppError } from '../errors/app-error.ts';
import { createProgressBar } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

interface Flags {
  out: string;
  reason?: string;
}

/** Registers `export`. */
export function addExportCommand(program: Command, withApi: WithApi): void {
  program
    .command('export')
    .description('write everything of a sender into a zip: the files and a manifest')
    .argument('<address>', 'the number of the sender: +15551234567')
    .requiredOption('--out <file>', 'the zip file to create; it must not exist yet')
    .option('--reason <words>', 'for the audit log')
    .action((address: string, { out, reason }: Flags) =>
      withApi({ worker: false }, async (api) => {
        const body = reason === undefined ? { address } : { address, reason };
        await writeNew(out, async (target) => {
          const { response } = await api.POST('/api/v1/senders/export', {
            body,
            parseAs: 'stream',
          });
          await save(response, target);
        });
        console.log(`Written: ${out}`);
      }),
    );
}

/**
 * Creates the file before the export is requested, and removes it when it could not be written
 * completely. It never removes a file that existed before.
 */
async function writeNew(path: string, write: (target: WriteStream) => Promise<void>) {
  const file = await open(path, 'wx', 0o600);
  try {
    await write(file.createWriteStream());
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Saves the zip, with a progress bar. */
async function save(response: Response, target: WriteStream): Promise<void> {
  if (response.headers.get('x-message-count') === '0') {
    await response.body?.cancel();
    const message = 'There is nothing of this sender. Addresses are compared exactly as written.';
    throw new AppError('not_found', message);
  }
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} bytes');
  const total = Number(response.headers.get('x-media-bytes'));
  bar.start(Math.max(1, total), 0);
  let written = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // The total does not include the zip format's own bytes and the manifest.
      written += chunk.length;
      bar.update(Math.min(written, bar.getTotal()));
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), counted, target);
  } finally {
    bar.stop();
  }
}
