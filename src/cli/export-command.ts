import type { Command } from 'commander';
import { AppError } from '../errors/app-error.ts';
import { saveBody, writeNew } from './save-archive.ts';
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
        await writeNew(out, async (target, signal) => {
          const { response } = await api.POST('/api/v1/senders/export', {
            body,
            parseAs: 'stream',
            signal,
          });
          if (response.headers.get('x-message-count') === '0') {
            // Read to its end: to the server, a connection that is closed is a failure.
            await response.arrayBuffer();
            throw new AppError(
              'not_found',
              'There is nothing of this sender. Addresses are compared exactly as written.',
            );
          }
          // Without the zip format's own bytes and the manifest.
          const total = Number(response.headers.get('x-media-bytes'));
          await saveBody(response, target, { total, signal });
        });
        console.log(`Written: ${out}`);
      }),
    );
}
