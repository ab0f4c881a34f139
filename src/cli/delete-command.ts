import { type Command, Option } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { DELETION_SCOPES, type DeletionScope } from '../moderation/deletions/record-deletion.ts';
import type { WithApi } from './with-api.ts';

type Deletion = components['schemas']['Deletion'];

interface Flags {
  scope: DeletionScope;
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
      withApi({ worker: false }, async (api) => {
        const { yes = false, ...query } = flags;
        const deleteIt = (dryRun: boolean) =>
          api.DELETE('/api/v1/media/{sid}', {
            params: { path: { sid }, query: { ...query, dryRun } },
          });
        if (flags.scope !== 'one' || flags.message) {
          const counted = bodyOf(await deleteIt(true));
          if (!('dryRun' in counted))
            throw new Error('The server deletes although it should count');
          const { media, messages } = counted;
          console.log(`To be deleted: messages ${messages}, media ${media}.`);
          if (!yes) return console.log('Nothing is deleted without --yes.');
        }
        const { response } = await deleteIt(false);
        if (response.status === 202) {
          return console.log('Nothing is deleted yet: the reason code takes a second moderator.');
        }
        report(await readDeletion(api, response));
      }),
    );
}

/** The deletion that the answer to a delete names. */
async function readDeletion(api: ApiClient, { headers }: Response): Promise<Deletion> {
  const id = headers.get('location')?.split('/').at(-1) ?? '';
  return bodyOf(await api.GET('/api/v1/deletions/{id}', { params: { path: { id } } }));
}

function report({ id, targets, upstream, completedAt }: Deletion): void {
  const states = Object.entries(upstream).map(([state, count]) => `${count} ${state}`);
  console.log(`Deleted here: ${targets}. At Twilio: ${states.join(', ')}. Deletion ${id}.`);
  if (completedAt === null) {
    console.log(`A worker deletes the rest at Twilio; progress: GET /api/v1/deletions/${id}`);
  }
}
