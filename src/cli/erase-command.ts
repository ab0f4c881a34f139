import type { Command } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { AppError } from '../errors/app-error.ts';
import { type ConfirmFlags, confirm, DRY_RUN, YES } from './confirm.ts';
import { Interrupted } from './exit-codes.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

const PATH = '/api/v1/senders/erasures';

type Deletion = components['schemas']['Deletion'];
type Erasure = components['schemas']['Erasure'];

interface Flags extends ConfirmFlags {
  reason?: string;
}

/** Registers `erase`. */
export function addEraseCommand(program: Command, withApi: WithApi): void {
  program
    .command('erase')
    .description('erase everything of a sender, here and at Twilio; `export` it first')
    .argument('<address>', 'the number of the sender: +15551234567')
    .option('--yes', YES)
    .option('--dry-run', DRY_RUN)
    .option('--reason <words>', 'for the audit log')
    .action(async (address: string, { reason, ...flags }: Flags) => {
      async function erase(api: ApiClient): Promise<void> {
        const body = reason === undefined ? { address } : { address, reason };
        const begun = bodyOf(await api.POST(PATH, { body }));
        if (!('id' in begun)) throw new Error('An erasure was counted instead of begun');
        await follow(api, begun);
        if (begun.deletionId === null) throw nobody();
      }
      if (flags.yes && !flags.dryRun) {
        await withApi({ worker: true }, async (api) => {
          await count(api, address);
          // Also of nobody known: an erasure that was stopped goes on.
          await erase(api);
        });
        return;
      }
      // A worker would begin with whatever jobs wait, before the answer.
      let isConfirmed = false;
      await withApi({ worker: false }, async (api) => {
        // As `export` does: a mistyped number must not pass unnoticed.
        if ((await count(api, address)) === 0) throw nobody();
        isConfirmed = await confirm(flags);
      });
      if (isConfirmed) await withApi({ worker: true }, erase);
    });
}

function nobody(): AppError {
  return new AppError(
    'not_found',
    'No messages of this sender are stored here: is the number right?',
  );
}

/** Prints what would be erased, and counts it. */
async function count(api: ApiClient, address: string): Promise<number> {
  const counted = bodyOf(await api.POST(PATH, { body: { address, dryRun: true } }));
  if (!('messages' in counted)) throw new Error('An erasure was begun instead of counted');
  const { messages, media } = counted;
  if (messages + media > 0) {
    console.log(`To be erased of this sender: messages ${messages}, media ${media}.`);
  }
  return messages + media;
}

/** Shows a progress bar until everything is erased here, or until Ctrl-C. */
async function follow(api: ApiClient, begun: Erasure): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} messages and media');
  let erasure = begun;
  let deletion = await deletionOf(api, begun);
  bar.start(deletion?.targets ?? 1, 0);
  await followProgress(bar, async () => {
    erasure = bodyOf(await api.GET(`${PATH}/{id}`, { params: { path: { id: begun.id } } }));
    deletion = await deletionOf(api, begun);
    if (erasure.purgedAt !== null) bar.update(bar.getTotal());
    else if (deletion !== null) bar.update(deletion.targets - waiting(deletion.local));
    return erasure.purgedAt === null;
  });
  if (erasure.purgedAt === null) {
    throw new Interrupted(
      'Stopped showing it: a running server goes on with the erasure. Without one, run the same command again.',
    );
  }
  if (deletion === null) return;
  const left = waiting(deletion.upstream);
  console.log(`Erased here. Still to be deleted at Twilio: ${left}.`);
}

async function deletionOf(api: ApiClient, { deletionId }: Erasure): Promise<Deletion | null> {
  if (deletionId === null) return null;
  return bodyOf(await api.GET('/api/v1/deletions/{id}', { params: { path: { id: deletionId } } }));
}

function waiting(counts: Deletion['local']): number {
  return (counts.pending ?? 0) + (counts.retrying ?? 0);
}
