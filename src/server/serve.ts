import { ConfigError, loadConfig } from '../config/config.ts';
import { formatConfigProblems } from '../config/report.ts';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { createLogger } from '../monitoring/logger.ts';
import { type Inbox, startInbox } from './inbox.ts';

// The process around the inbox. Exit codes: 0 stopped on request, 1 failed, 2 wrong
// configuration.

const { config, warnings } = readConfig();
const log = createLogger(config.logLevel);
for (const warning of warnings) log.warn(warning);

let inbox: Inbox | undefined;
let stoppingSince: number | undefined;
// A terminal and npm may both hand on one Ctrl-C.
const ONE_SIGNAL_MS = 1000;
// Before whoever sent the signal kills it, which operators are told to do after 30 seconds.
const SHUTDOWN_MS = 25_000;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void shutDown(signal));
// Also without a file of tokens, because a signal that nobody handles would end the process.
process.on('SIGHUP', () => void inbox?.reloadTokens());

try {
  inbox = await startInbox(config, log);
  // A signal came during the start: whoever waits for the line below must not take it for running.
  if (stoppingSince !== undefined) await inbox.stop().then(() => process.exit(0));
  log.info(
    {
      url: inbox.url,
      ...(config.roles.includes('receiver')
        ? { webhook: `${config.publicUrl ?? inbox.url}/twilio/incoming` }
        : {}),
      roles: config.roles,
      database: config.databaseUrl === undefined ? 'embedded' : 'server',
    },
    'mms-inbox is ready',
  );
} catch (error) {
  // What an operator can mend needs no stack: a port in use, a database that does not answer.
  const code = codeOf(error);
  const { message } = asError(error);
  if (error instanceof AppError) log.fatal(message);
  else if (code === 'EADDRINUSE')
    log.fatal(`port ${config.port} is in use: stop what listens there, or set another PORT`);
  else if (typeof code === 'string')
    log.fatal({ code }, `mms-inbox cannot start: ${message || code}`);
  else log.fatal({ err: error }, 'mms-inbox cannot start');
  process.exit(1);
}

async function shutDown(signal: string): Promise<void> {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince > ONE_SIGNAL_MS) process.exit(1);
    return;
  }
  stoppingSince = performance.now();
  log.info({ signal }, 'stopping; a second signal exits at once');
  setTimeout(() => {
    log.error(`the shutdown was given up after ${SHUTDOWN_MS / 1000} seconds`);
    process.exit(1);
  }, SHUTDOWN_MS);
  if (inbox === undefined) return;
  try {
    await inbox.stop();
    log.info('stopped');
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'the shutdown was not clean');
    process.exit(1);
  }
}

function readConfig() {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(formatConfigProblems(error.problems));
    process.exit(2);
  }
}
