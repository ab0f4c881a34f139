import { type Command, Option } from 'commander';
import { AppError } from '../errors/app-error.ts';
import { PREVIEW_TYPES } from '../preview/preview-types.ts';
import { rebuildAnswer, remainingAnswer } from './api-answers.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { CallApi, WithApi } from './with-api.ts';

// Longer than the longest a few files can take.
const STUCK_MS = 300_000;
const PATH = '/previews/rebuild';

interface Flags {
  kind?: string;
  failed?: boolean;
  resume?: boolean;
}

/** Registers `previews rebuild`. */
export function addPreviewsCommand(program: Command, withApi: WithApi): void {
  program
    .command('previews')
    .description('previews of what is stored')
    .command('rebuild')
    .description('make previews again: after ffmpeg was installed, or sizes have changed')
    .addOption(
      new Option('--kind <kind>', 'only of files of its content types').choices(
        Object.keys(PREVIEW_TYPES),
      ),
    )
    .option('--failed', 'only those that show less than they could, with a reason')
    .option('--resume', 'go on with what an earlier run has left over')
    .action((flags: Flags) =>
      withApi({ worker: true }, async (call) => {
        const { marked, remaining } = rebuildAnswer.parse(await call('POST', PATH, flags));
        if (remaining === 0) return console.log('There is nothing to make again.');
        console.log(`To be made again: ${marked}.`);
        await follow(call, remaining);
      }),
    );
}

/** Shows a bar until nothing is left over, or somebody presses Ctrl-C. */
async function follow(call: CallApi, total: number): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} | {eta_formatted} to go');
  bar.start(total, 0);
  let remaining = total;
  let progressAt = performance.now();
  const isStuck = () => performance.now() - progressAt > STUCK_MS;
  await followProgress(bar, async () => {
    const answer = remainingAnswer.parse(await call('GET', PATH));
    if (answer.remaining !== remaining) progressAt = performance.now();
    remaining = answer.remaining;
    bar.setTotal(Math.max(total, remaining));
    bar.update(Math.max(total, remaining) - remaining);
    return remaining > 0 && !isStuck();
  });
  if (remaining === 0) return;
  if (isStuck()) {
    const why = 'Is a worker running? Its log says what is wrong.';
    throw new AppError(
      'unavailable',
      `Nothing has moved for five minutes, ${remaining} to go. ${why}`,
    );
  }
  console.log(
    `Stopped with ${remaining} to go. A running server goes on with them; else: ` +
      'npm run cli -- previews rebuild --resume',
  );
}
