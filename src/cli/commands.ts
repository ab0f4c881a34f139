import { Command } from 'commander';
import { ConfigError, loadConfig } from '../config/config.ts';
import { formatConfigProblems } from '../config/report.ts';
import { simulatorCredentials } from '../config/simulator-credentials.ts';
import { AppError } from '../errors/app-error.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { VERSION } from '../monitoring/version.ts';
import { addBackupCommand } from './backup-command.ts';
import { addDeleteCommand } from './delete-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addDrainSpoolCommand } from './drain-spool-command.ts';
import { addEraseCommand } from './erase-command.ts';
import { addExportCommand } from './export-command.ts';
import { addExportMediaCommand } from './export-media-command.ts';
import { addKeysCommand } from './keys-command.ts';
import { addMoveCommand } from './move-command.ts';
import { addPreviewsCommand } from './previews-command.ts';
import { addReconcileCommand } from './reconcile-command.ts';
import { addRestoreCommand } from './restore-command.ts';
import { addRetryCommand } from './retry-command.ts';
import { addSignInLinkCommand } from './sign-in-link-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import { addVerifyCommand } from './verify-command.ts';
import { createWithApi } from './with-api.ts';

// `npm run cli -- <command>`. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

const program = new Command('mms-inbox')
  .description('Inbound MMS receiver: administration')
  .version(VERSION)
  .showHelpAfterError('For all commands and options: npm run cli -- --help')
  .exitOverride((error) => exitProcess(error.exitCode === 0 ? 0 : 2));
const readConfig = () => loadConfig().config;
const withApi = createWithApi(readConfig);
addKeysCommand(program, withApi);
addPreviewsCommand(program, withApi);
addRetryCommand(program, withApi);
addReconcileCommand(program, withApi);
addVerifyCommand(program, withApi);
addDeleteCommand(program, withApi);
addSignInLinkCommand(program, readConfig);
addExportCommand(program, withApi);
addExportMediaCommand(program, withApi);
addEraseCommand(program, withApi);
addMoveCommand(program, readConfig);
addDrainSpoolCommand(program, readConfig);
addBackupCommand(program, withApi);
addRestoreCommand(program, readConfig);
addDoctorCommand(program, () => loadConfig());
addSimulateCommand(program, simulatorCredentials());

try {
  await program.parseAsync();
  // pg-boss leaves a ten-second timer running after it stops.
  exitProcess();
} catch (error) {
  if (error instanceof ConfigError) {
    console.error(formatConfigProblems(error.problems));
    exitProcess(2);
  }
  if (error instanceof AppError && error.fields.length > 0) {
    for (const { field, message } of error.fields) console.error(`${field}: ${message}`);
    exitProcess(1);
  }
  console.error(error instanceof AppError || isSystemError(error) ? error.message : error);
  exitProcess(1);
}

/** A busy port or a missing folder, for example: an operator can fix it without a stack trace. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
