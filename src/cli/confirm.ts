import { createInterface } from 'node:readline/promises';
import { AppError } from '../errors/app-error.ts';
import { Interrupted } from './exit-codes.ts';

/** How a command was told to go about a deletion. */
export interface ConfirmFlags {
  yes?: boolean;
  dryRun?: boolean;
}

export const YES = 'do not ask: required without a terminal';
export const DRY_RUN = 'only say what would be deleted';

/**
 * Decides whether something is deleted: with `--yes` it is, with `--dry-run` it is not, and otherwise a person at a
 * terminal is asked. What would be deleted has been printed before.
 *
 * @throws AppError `conflict` when the answer is no, and without a terminal, where nobody can be asked
 */
export async function confirm({ yes = false, dryRun = false }: ConfirmFlags): Promise<boolean> {
  if (dryRun) {
    console.log('Nothing is deleted: this is a dry run.');
    return false;
  }
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new AppError('conflict', 'Nothing is deleted. To delete it, repeat this with --yes.');
  }
  if (await ask('Delete it for good? [y/N] ')) return true;
  throw new AppError('conflict', 'Nothing is deleted.');
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      terminal.once('SIGINT', () => reject(new Interrupted('\nNothing is deleted.')));
      // Ctrl-D: the question itself would never be answered.
      terminal.once('close', () => resolve(''));
      terminal.question(question).then(resolve, reject);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
