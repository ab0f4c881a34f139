import { type Command, Option } from 'commander';
import { DELETION_SCOPES } from '../moderation/deletions/record-deletion.ts';
import {
  type DeletionAnswer,
  deletionAnswer,
  type ReachAnswer,
  reachAnswer,
  readAnswer,
} from './api-answers.ts';
import type { WithApi } from './with-api.ts';

interface Flags {
  scope: string;
  message?: boolean;
  yes?: boolean;
  reasonCode?: string;
  reason?: string;
}

/** Registers `delete`. */
export function addDeleteCommand(program: Command, withApi: WithApi): void {
  program
    .command('delete')
    .description('delete an attachment, and what belongs to it, here and at Twilio')
    .argument('<sid>', 'the sid of an attachment: ME and 32 hexadecimal digits')
    .addOption(
      new Option('--scope <scope>', 'how far it reaches').choices(DELETION_SCOPES).default('one'),
    )
    .option('--message', 'delete the messages, too: text, numbers, all their media')
    .option('--yes', 'delete; without it a scope other than `one`, or `--message`, is only counted')
    .option('--reason-code <code>', 'a code of your own list, for the audit log')
    .option('--reason <text>', 'why, for the audit log')
    .action((sid: string, flags: Flags) =>
      withApi({ worker: false }, async (call) => {
        const { message = false, yes = false, ...query } = flags;
        const search = new URLSearchParams({ ...query, message: String(message) });
        const path = `/media/${encodeURIComponent(sid)}?${search}`;
        if (flags.scope !== 'one' || message) {
          logReach(readAnswer(reachAnswer, await call('DELETE', `${path}&dryRun=true`)));
          if (!yes) return console.log('Nothing is deleted without --yes.');
        }
        report(readAnswer(deletionAnswer, await call('GET', await call.delete(path))));
      }),
    );
}

function logReach({ media, messages }: ReachAnswer): void {
  console.log(`To be deleted: messages ${messages}, media ${media}.`);
}

function report({ id, targets, upstream, completedAt }: DeletionAnswer): void {
  const states = Object.entries(upstream).map(([state, count]) => `${count} ${state}`);
  console.log(`Deleted here: ${targets}. At Twilio: ${states.join(', ')}. Deletion ${id}.`);
  if (completedAt === null) {
    console.log(`A worker deletes the rest at Twilio; progress: GET /api/v1/deletions/${id}`);
  }
}
