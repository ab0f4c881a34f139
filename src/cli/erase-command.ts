import type { Command } from 'commander';
import {
  type DeletionAnswer,
  deletionAnswer,
  type ErasureAnswer,
  erasureAnswer,
  reachAnswer,
  readAnswer,
} from './api-answers.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { CallApi, WithApi } from './with-api.ts';

const PATH = '/senders/erasures';

interface Flags {
  yes?: boolean;
  reason?: string;
}

/** Registers `erase`. */
export function addEraseCommand(program: Command, withApi: WithApi): void {
  program
    .command('erase')
    .description('erase everything of a sender, here and at Twilio; `export` it first')
    .argument('<address>', 'the number of the sender: +15551234567')
    .option('--yes', 'erase; without it messages and media are only counted')
    .option('--reason <words>', 'for the audit log')
    .action((address: string, { yes = false, reason }: Flags) =>
      withApi({ worker: yes }, async (call) => {
        const counted = await call('POST', PATH, { address, dryRun: true });
        const { messages, media } = readAnswer(reachAnswer, counted);
        const isHere = messages + media > 0;
        console.log(
          isHere
            ? `Of this sender: messages ${messages}, media ${media}.`
            : 'No messages of this sender are stored here: is the number right?',
        );
        if (!yes) {
          // Exit code 1, as `export` has: a mistyped number must not pass unnoticed.
          if (!isHere) process.exitCode = 1;
          return console.log('Nothing is erased without --yes.');
        }
        const body = reason === undefined ? { address } : { address, reason };
        await follow(call, readAnswer(erasureAnswer, await call('POST', PATH, body)));
      }),
    );
}

/** Shows a progress bar until everything is erased here, or until Ctrl-C. */
async function follow(call: CallApi, begun: ErasureAnswer): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} messages and media');
  let erasure = begun;
  let deletion = await deletionOf(call, begun);
  bar.start(deletion?.targets ?? 1, 0);
  await followProgress(bar, async () => {
    erasure = readAnswer(erasureAnswer, await call('GET', `${PATH}/${begun.id}`));
    deletion = await deletionOf(call, begun);
    if (erasure.purgedAt !== null) bar.update(bar.getTotal());
    else if (deletion !== null) bar.update(deletion.targets - waiting(deletion.local));
    return erasure.purgedAt === null;
  });
  if (erasure.purgedAt === null) {
    console.log('Stopped. A running server continues the erasure.');
    return;
  }
  const left = deletion === null ? 0 : waiting(deletion.upstream);
  console.log(`Erased here. Still to be deleted at Twilio: ${left}.`);
}

async function deletionOf(
  call: CallApi,
  { deletionId }: ErasureAnswer,
): Promise<DeletionAnswer | null> {
  if (deletionId === null) return null;
  return readAnswer(deletionAnswer, await call('GET', `/deletions/${deletionId}`));
}

function waiting(counts: DeletionAnswer['local']): number {
  return (counts.pending ?? 0) + (counts.retrying ?? 0);
}
