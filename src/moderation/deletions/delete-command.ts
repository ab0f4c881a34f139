import { setTimeout } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { CallApi, WithApi } from '../../http/api-client.ts';
import { createProgressBar } from '../../http/progress-bar.ts';
import type { DeletionItem } from './deletion-item.ts';
import { DELETION_SCOPES } from './deletion-scope.ts';

const POLL_MS = 500;

interface Flags {
  scope: string;
  message?: boolean;
  reasonCode?: string;
  reason?: string;
}

/** Registers `delete`. */
export function addDeleteCommand(program: Command, withApi: WithApi): void {
  program
    .command('delete')
    .description('delete a media, and what belongs to it, here and at Twilio')
    .argument('<sid>', 'the sid of a media: ME and 32 hexadecimal digits')
    .addOption(
      new Option('--scope <scope>', 'how far it reaches').choices(DELETION_SCOPES).default('one'),
    )
    .option('--message', 'the messages, too: text, numbers, all their media')
    .option('--reason-code <code>', 'a word of your own list, for the audit log')
    .option('--reason <text>', 'why, for the audit log')
    .action((sid: string, flags: Flags) =>
      withApi({ worker: false }, async (call) => {
        const { message = false, ...query } = flags;
        const search = new URLSearchParams({ ...query, message: String(message) });
        const before = await newestOf(call, sid);
        const find = async () => {
          const item = await newestOf(call, sid);
          return item?.id === before?.id ? undefined : item;
        };
        await follow(find, call('DELETE', `/media/${sid}?${search}`));
        report(await find());
      }),
    );
}

type Find = () => Promise<DeletionItem | undefined>;

/** Shows a bar until everything is gone from here. @throws what the delete throws */
async function follow(find: Find, deleting: Promise<unknown>): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} gone from here');
  let isRunning = true;
  const ended = deleting.finally(() => {
    isRunning = false;
  });
  // Looked at below; a delete that fails at once must not end the process meanwhile.
  ended.catch(() => undefined);
  try {
    for (;;) {
      await Promise.race([setTimeout(POLL_MS), ended]);
      if (!isRunning) break;
      const item = await find();
      if (item === undefined) continue;
      if (!bar.isActive) bar.start(item.targets, 0);
      bar.update(item.targets - (item.local.pending ?? 0) - (item.local.retrying ?? 0));
    }
    await ended;
    if (bar.isActive) bar.update(bar.getTotal());
  } finally {
    if (bar.isActive) bar.stop();
  }
}

/** The newest deletion that was asked for by this media. */
async function newestOf(call: CallApi, sid: string): Promise<DeletionItem | undefined> {
  const { items } = (await call('GET', '/deletions?limit=20')) as { items: DeletionItem[] };
  return items.find(({ mediaSid }) => mediaSid === sid);
}

function report(item: DeletionItem | undefined): void {
  if (item === undefined) return;
  const { id, targets, upstream, completedAt } = item;
  const states = Object.entries(upstream).map(([state, count]) => `${count} ${state}`);
  console.log(`Deleted here: ${targets}. At Twilio: ${states.join(', ')}. Deletion ${id}.`);
  if (completedAt === null) {
    console.log('A worker goes on with Twilio’s part: GET /api/v1/deletions tells how far it is.');
  }
}
