import { ConfigError } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';

/** The exit codes of every command. `describeExitCodes` explains them, and docs/command-line.md. */
export const EXIT = {
  done: 0,
  /** Failed or refused, or something was found to be wrong. */
  failed: 1,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** As a shell reports a program that SIGINT has ended. */
  interrupted: 130,
} as const;

/** The end of every `--help`. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    done; there may have been nothing to do
  1    failed or refused, or something is wrong: the last line says what
  2    wrong arguments or configuration: nothing was done
  130  stopped by Ctrl-C or SIGTERM: the last line says where, and how to go on`;

/** A command was stopped by Ctrl-C or SIGTERM. The message says where it stopped, and how to go on. */
export class Interrupted extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Interrupted';
  }
}

/** The exit code of a command that has thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof ConfigError) return EXIT.usage;
  // The API checks most arguments: a wrong one is the same mistake wherever it is noticed.
  if (error instanceof AppError && error.code === 'invalid_request') return EXIT.usage;
  return EXIT.failed;
}
