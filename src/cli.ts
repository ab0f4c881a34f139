import { Command } from 'commander';
import { ConfigError, loadConfig } from './config.ts';
import { formatConfigProblems } from './config-report.ts';
import { AppError } from './errors.ts';
import { addKeysCommand } from './http/keys-command.ts';
import { addSimulateCommand } from './simulator/simulate-command.ts';

// `npm run cli -- <command>`. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = process.env;
const program = new Command('mms-inbox')
  .description('Inbound MMS receiver: administration')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
addKeysCommand(program, () => loadConfig(process.env).config);
addSimulateCommand(program, {
  ...(accountSid ? { accountSid } : {}),
  ...(authToken ? { authToken } : {}),
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ConfigError) {
    console.error(formatConfigProblems(error.problems));
    process.exit(2);
  }
  if (error instanceof AppError) {
    for (const { field, message } of error.fields) console.error(`${field}: ${message}`);
  }
  console.error(error instanceof AppError || isSystemError(error) ? error.message : error);
  process.exit(1);
}

/** A busy port, a missing folder: what an operator can mend without a stack. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
