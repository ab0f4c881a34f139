import type { Command } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { AppError } from '../errors/app-error.ts';
import { Interrupted } from './exit-codes.ts';
import { type JsonFlag, jsonOption, printJson } from './json-option.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

const PATH = '/api/v1/reconciliations';

type Reconciliation = components['schemas']['Reconciliation'];

interface Flags extends JsonFlag {
  since: string;
  until?: string;
  to?: string;
  dryRun?: boolean;
}

/** Registers `reconcile`. */
export function addReconcileCommand(program: Command, withApi: WithApi): void {
  program
    .command('reconcile')
    .description('import messages with media that Twilio has and that did not arrive here')
    .requiredOption('--since <time>', 'sent at or after: 2026-11-01 or 2026-11-01T10:00:00Z')
    .option('--until <time>', 'sent until (default: now)')
    .option('--to <address>', 'only messages to this number: +15557654321')
    .option('--dry-run', 'only count what is missing, and list the first hundred')
    .addOption(jsonOption())
    .action(({ json: isJson = false, ...flags }: Flags) =>
      withApi({ worker: true }, async (api) => {
        const begun = bodyOf(await api.POST(PATH, { body: flags }));
        report(await follow(api, begun), isJson);
      }),
    );
}

/** Shows a progress bar until the reconciliation has ended, or until Ctrl-C. */
async function follow(api: ApiClient, begun: Reconciliation): Promise<Reconciliation> {
  const bar = createProgressBar(
    '{bar} {percentage} % | {listed} listed, {missing} missing, {takenIn} taken in{note}',
  );
  let item = begun;
  const payload = () => ({ ...item, note: item.error === null ? '' : ` | ${item.error}` });
  bar.start(100, 0, payload());
  await followProgress(bar, async () => {
    item = bodyOf(await api.GET(`${PATH}/{id}`, { params: { path: { id: begun.id } } }));
    bar.update(Math.floor(item.progress * 100), payload());
    return item.endedAt === null;
  });
  return item;
}

function report(item: Reconciliation, isJson: boolean): void {
  const { takenIn, error, state } = item;
  if (item.endedAt === null) {
    throw new Interrupted(
      `Stopped showing it; taken in so far: ${takenIn}. A running server goes on. Without one, run the same command ` +
        'again: what is here is not taken in twice.',
    );
  }
  if (isJson) printJson(item);
  else printCounts(item);
  if (state === 'failed') throw new AppError('unavailable', error ?? 'The reconciliation failed.');
}

function printCounts({
  dryRun,
  listed,
  missing,
  takenIn,
  failed,
  missingSids,
}: Reconciliation): void {
  for (const sid of missingSids) console.log(sid);
  console.log(
    dryRun
      ? `Messages with media at Twilio: ${listed}. Missing here: ${missing}.`
      : `Messages with media at Twilio: ${listed}. Missing here: ${missing}. ` +
          `Taken in: ${takenIn}. Failed: ${failed}.`,
  );
}
