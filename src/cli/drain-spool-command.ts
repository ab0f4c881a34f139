import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import type { DrainCounts } from '../inbound/spool/drain-spool.ts';
import { openMessageSpool } from '../inbound/spool/message-spool.ts';
import { inspectSpool } from '../inbound/spool/spool-folder.ts';
import { createLifecycle } from '../lifecycle/lifecycle.ts';
import { createProgressBar } from './progress-bar.ts';

/** Registers `drain-spool`. */
export function addDrainSpoolCommand(program: Command, readConfig: () => Readonly<Config>): void {
  program
    .command('drain-spool')
    .description('take in the messages that a receiver which is gone has left in its spool')
    .argument('<folder>', 'the folder "spool" of its DATA_DIR, or a copy of it')
    .action(async (folder: string) => report(await drain(readConfig(), resolve(folder))));
}

async function drain(config: Readonly<Config>, folder: string): Promise<DrainCounts> {
  const contents = await inspectSpool(folder);
  if (contents === undefined) throw new AppError('not_found', `There is no folder ${folder}.`);
  const { createLogger } = await import('../monitoring/logger.ts');
  const { openServices } = await import('../server/services.ts');
  const { isFaultOfData } = await import('../inbound/message-store.ts');
  const { drainSpool } = await import('../inbound/spool/drain-spool.ts');
  const lifecycle = createLifecycle();
  try {
    const { commitMessage } = await openServices(config, createLogger('silent'), lifecycle);
    // Nothing is written to it, so there is no limit, and all that was set aside is tried again.
    const spool = await openMessageSpool(folder, Number.POSITIVE_INFINITY);
    const bar = createProgressBar('{bar} {value} of {total}');
    bar.start(contents.waiting + contents.setAside, 0);
    try {
      return await drainSpool({ spool, commitMessage, isFaultOfData }, (now) =>
        bar.update(now.new + now.known + now.setAside + now.unreadable),
      );
    } finally {
      bar.stop();
    }
  } finally {
    await lifecycle.close();
  }
}

function report({ new: taken, known, setAside, unreadable }: DrainCounts): void {
  console.log(
    `Messages taken in: ${taken}. Known already: ${known}. Refused by the database: ${setAside}. ` +
      `Unreadable: ${unreadable}.`,
  );
  if (setAside + unreadable > 0) {
    throw new AppError('unavailable', 'What was not taken in is still in the folder.');
  }
}
