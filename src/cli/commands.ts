import { ConfigError } from '../config/config.ts';
import { formatConfigProblems } from '../config/report.ts';
import { AppError } from '../errors/app-error.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { exitCodeOf, Interrupted } from './exit-codes.ts';
import { createProgram } from './program.ts';

// `npm run cli -- <command>`.

try {
  await createProgram().parseAsync();
  // pg-boss leaves a ten-second timer running after it stops.
  exitProcess();
} catch (error) {
  for (const line of linesOf(error)) console.error(line);
  exitProcess(exitCodeOf(error));
}

function linesOf(error: unknown): unknown[] {
  if (error instanceof ConfigError) return [formatConfigProblems(error.problems)];
  if (error instanceof AppError && error.fields.length > 0) {
    return error.fields.map(({ field, message }) => `${field}: ${message}`);
  }
  const isExpected = [AppError, Interrupted].some((type) => error instanceof type);
  return [isExpected || isSystemError(error) ? (error as Error).message : error];
}

/** A busy port or a missing folder, for example: an operator can fix it without a stack trace. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
