import completion from '@bomb.sh/tab/commander';
import { Command, Help } from 'commander';
import { loadConfig } from '../config/config.ts';
import { simulatorCredentials } from '../config/simulator-credentials.ts';
import { commandLine, startLine } from '../lifecycle/command-line.ts';
import { exitProcess } from '../lifecycle/exit-process.ts';
import { VERSION } from '../monitoring/version.ts';
import { addBackupCommand } from './backup-command.ts';
import { addDeleteCommand } from './delete-command.ts';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addDrainSpoolCommand } from './drain-spool-command.ts';
import { addEraseCommand } from './erase-command.ts';
import { EXIT, EXIT_CODE_HELP } from './exit-codes.ts';
import { addExportCommand } from './export-command.ts';
import { addExportMediaCommand } from './export-media-command.ts';
import { addImportCommand } from './import-command.ts';
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

// The shell knows the program by this name, in a clone as in a package.
const NAME = 'mms-inbox';

/** The command line with all its commands. Parsing wrong arguments ends the process. */
export function createProgram(): Command {
  const program = new Command(NAME)
    .description('Inbound MMS receiver: administration')
    .configureHelp({ commandUsage })
    .version(VERSION)
    .showHelpAfterError('For all commands and options: --help')
    .addHelpText('after', `\nThe server starts without a command: ${startLine()}`)
    .addHelpText('afterAll', EXIT_CODE_HELP)
    .exitOverride((error) => exitProcess(error.exitCode === 0 ? EXIT.done : EXIT.usage));
  const readConfig = () => loadConfig().config;
  const withApi = createWithApi(readConfig);
  addKeysCommand(program, withApi);
  addPreviewsCommand(program, withApi);
  addRetryCommand(program, withApi);
  addReconcileCommand(program, withApi);
  addVerifyCommand(program, withApi);
  addImportCommand(program, withApi);
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
  addDemoCommand(program);
  // Last: it takes in the commands that are there.
  completion(program);
  program.commands
    .find((command) => command.name() === 'complete')
    ?.description('print a script with which a shell completes commands and options');
  return program;
}

function commandUsage(command: Command): string {
  return commandLine(new Help().commandUsage(command).slice(`${NAME} `.length));
}
