import { type Command, Option } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import { AppError } from '../errors/app-error.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import { PREVIEW_TYPES, type PreviewTypeGroup } from '../preview/preview-types.ts';
import { Interrupted } from './exit-codes.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

// Longer than the slowest few files can take.
const STUCK_MS = 300_000;
const PATH = '/api/v1/previews/rebuild';

interface Flags {
  kind?: PreviewTypeGroup;
  failed?: boolean;
  resume?: boolean;
}

/** Registers `previews rebuild`. */
export function addPreviewsCommand(program: Command, withApi: WithApi): void {
  program
    .command('previews')
    .description('previews of stored attachments')
    .command('rebuild')
    .description('rebuild previews: after ffmpeg was installed, or sizes have changed')
    .addOption(
      new Option('--kind <kind>', 'only files of this kind').choices(Object.keys(PREVIEW_TYPES)),
    )
    .option('--failed', 'only incomplete previews: those that have a reason')
    .option('--resume', 'continue an earlier run that was stopped')
    .action((flags: Flags) =>
      withApi({ worker: true }, async (api) => {
        const { marked, remaining } = bodyOf(await api.POST(PATH, { body: flags }));
        if (remaining === 0) return console.log('There is nothing to rebuild.');
        console.log(`To be rebuilt: ${marked}.`);
        await follow(api, remaining);
      }),
    );
}

/** Shows a progress bar until all are rebuilt, or until Ctrl-C. */
async function follow(api: ApiClient, total: number): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} | {eta_formatted} to go');
  bar.start(total, 0);
  let remaining = total;
  let progressAt = performance.now();
  const isStuck = () => performance.now() - progressAt > STUCK_MS;
  await followProgress(bar, async () => {
    const answer = bodyOf(await api.GET(PATH));
    if (answer.remaining !== remaining) progressAt = performance.now();
    remaining = answer.remaining;
    bar.setTotal(Math.max(total, remaining));
    bar.update(Math.max(total, remaining) - remaining);
    return remaining > 0 && !isStuck();
  });
  if (remaining === 0) return;
  if (isStuck()) {
    const hint = 'Is a worker running? Its log shows the cause.';
    throw new AppError('unavailable', `No progress for five minutes, ${remaining} to go. ${hint}`);
  }
  throw new Interrupted(
    `Stopped showing it, ${remaining} to go. A running server goes on; without one: ` +
      commandLine('previews rebuild --resume'),
  );
}
