import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import type { WithApi } from '../../http/api-client.ts';
import { createProgressBar } from '../../http/progress-bar.ts';

interface Flags {
  out: string;
  reason?: string;
}

/** Registers `export`. */
export function addExportCommand(program: Command, withApi: WithApi): void {
  program
    .command('export')
    .description('write everything of a sender into a zip: the bytes and a manifest')
    .argument('<address>', 'the number that it came from: +15551234567')
    .requiredOption('--out <file>', 'the zip, which must not exist yet')
    .option('--reason <words>', 'for the audit log')
    .action((address: string, { out, reason }: Flags) =>
      withApi({ worker: false }, async (call) => {
        const body = reason === undefined ? { address } : { address, reason };
        await save(await call.download('/senders/export', body), out);
        console.log(`Written: ${out}`);
      }),
    );
}

/** Shows a bar; what could not be written to its end is removed again. */
async function save(response: Response, path: string): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} bytes');
  const total = Number(response.headers.get('x-media-bytes'));
  bar.start(Math.max(1, total), 0);
  let written = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // What the zip itself takes, and the manifest, are not in the total.
      written += chunk.length;
      bar.update(Math.min(written, bar.getTotal()));
      done(null, chunk);
    },
  });
  let isOpen = false;
  file.once('open', () => {
    isOpen = true;
  });
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), counted, file);
  } catch (error) {
    // Not what was there before.
    if (isOpen) await rm(path, { force: true });
    throw error;
  } finally {
    bar.stop();
  }
}
