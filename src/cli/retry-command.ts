import type { Command } from 'commander';
import { bodyOf } from '../client/api-client.ts';
import type { WithApi } from './with-api.ts';

/** Registers `retry`. */
export function addRetryCommand(program: Command, withApi: WithApi): void {
  program
    .command('retry')
    .description('fetch failed attachments again')
    .requiredOption('--failed', 'all failed attachments')
    .option('--since <time>', 'only of messages received since: 2026-11-01 or 2026-11-01T10:00:00Z')
    .action(({ since }: { since?: string }) =>
      withApi({ worker: false }, async (api) => {
        const body = since === undefined ? {} : { since };
        const { retried } = bodyOf(await api.POST('/api/v1/media/retry', { body }));
        console.log(`To be fetched again: ${retried}. A worker fetches them as soon as one runs.`);
      }),
    );
}
