import { type Command, Option } from 'commander';
import { z } from 'zod';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { validate } from '../http/validate.ts';
import { DELETION_SCOPES, type DeletionScope } from '../moderation/deletions/record-deletion.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { type ConfirmFlags, confirm, DRY_RUN, YES } from './confirm.ts';
import type { WithApi } from './with-api.ts';

const target = z.object({ sid: mediaSid });

type Deletion = components['schemas']['Deletion'];

interface Flags extends ConfirmFlags {
  scope: DeletionScope;
  message?: boolean;
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
    .option('--yes', YES)
    .option('--dry-run', DRY_RUN)
    .option('--reason-code <code>', 'a code of your own list, for the audit log')
    .option('--reason <text>', 'why, for the audit log')
    .action((text: string, flags: Flags) => {
      const { sid } = validate(target, { sid: text });
      return withApi({ worker: false }, async (api) => {
        const { yes, dryRun: isDryRun, ...query } = flags;
        const deleteIt = (dryRun: boolean) =>
          api.DELETE('/api/v1/media/{sid}', {
            params: { path: { sid }, query: { ...query, dryRun } },
          });
        // One attachment goes at once, as its sid was written out.
        if (flags.scope !== 'one' || flags.message || isDryRun) {
          const counted = bodyOf(await deleteIt(true));
          if (!('dryRun' in counted))
            throw new Error('The server deletes although it should count');
          const { media, messages } = counted;
          console.log(`To be deleted: messages ${messages}, media ${media}.`);
          if (!(await confirm(flags))) return;
        }
        const { response } = await deleteIt(false);
        if (response.status === 202) {
          return console.log('Nothing is deleted yet: the reason code takes a second moderator.');
        }
        report(await readDeletion(api, response));
      });
    });
}

/** The deletion that the answer to a delete names. */
async function readDeletion(api: ApiClient, { headers }: Response): Promise<Deletion> {
  const id = headers.get('location')?.split('/').at(-1) ?? '';
  return bodyOf(await api.GET('/api/v1/deletions/{id}', { params: { path: { id } } }));
}

const UPSTREAM_WORDS: Record<string, string> = {
  none: 'not there',
  retrying: 'tried again',
};

const wordsOf = (state: string) => UPSTREAM_WORDS[state] ?? state;

function report({ id, targets, upstream, completedAt }: Deletion): void {
  const states = Object.entries(upstream).map(([state, count]) => `${count} ${wordsOf(state)}`);
  console.log(`Deleted here: ${targets}. At Twilio: ${states.join(', ')}. Deletion ${id}.`);
  if (completedAt === null) {
    console.log(`A worker deletes the rest at Twilio; progress: GET /api/v1/deletions/${id}`);
  }
}
