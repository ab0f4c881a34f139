import { ConfigError, loadConfig } from '../config/config.ts';
import { formatConfigProblems } from '../config/report.ts';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { collectWhenIdle } from '../lifecycle/collect-garbage.ts';
import { exitProcess, ONE_SIGNAL_MS } from '../lifecycle/exit-process.ts';
import { notifySystemd } from '../lifecycle/notify-systemd.ts';
import { openLog } from '../monitoring/open-log.ts';
import { VERSION } from '../monitoring/version.ts';
import { isLoopbackHost } from '../net/host-port.ts';
import type { Inbox } from './inbox.ts';

// The process around the inbox. Exit codes: 0 stopped on request, 1 failed, 2 wrong
// configuration.

const { config, warnings } = readConfig();
const log = openLog(config.logLevel, config.logFormat);
log.info({ version: VERSION, port: config.port }, 'mms-inbox is starting');
for (const warning of warnings) log.warn(warning);

let inbox: Inbox | undefined;
let stoppingSince: number | undefined;
// Shorter than the 30 seconds after which, by the documentation, operators kill the process.
const SHUTDOWN_MS = 25_000;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void shutDown(signal));
// Handled also without a tokens file: an unhandled SIGHUP would end the process.
process.on('SIGHUP', () => void inbox?.reloadTokens());

collectWhenIdle();
try {
  // Only now: to load all of it takes longer than to say that it starts.
  const { startInbox } = await import('./inbox.ts');
  inbox = await startInbox(config, log);
  // A signal arrived during the start: the line below must not report a process that stops as ready.
  if (stoppingSince !== undefined) await inbox.stop().then(() => exitProcess(0));
  log.info(
    {
      url: inbox.url,
      ...(config.roles.includes('receiver')
        ? { webhook: `${config.publicUrl ?? inbox.url}/twilio/incoming` }
        : {}),
      roles: config.roles,
      database: config.databaseUrl === undefined ? 'embedded' : 'server',
      version: VERSION,
      ...(isLoopbackHost(config.host)
        ? { reachable: 'from this machine only; HOST=0.0.0.0 lets others connect' }
        : {}),
    },
    'mms-inbox is ready',
  );
  // systemd ends a start of which it hears nothing: the log has to say why.
  await notifySystemd().catch((error) => {
    log.error({ err: error }, 'systemd was not told that mms-inbox is ready');
  });
} catch (error) {
  // No stack trace for problems that an operator can fix: a port in use, an unreachable database.
  const code = codeOf(error);
  const { message } = asError(error);
  if (error instanceof AppError) log.fatal(message);
  else if (code === 'EADDRINUSE')
    log.fatal(`port ${config.port} is in use: stop what listens there, or set another PORT`);
  else if (typeof code === 'string')
    log.fatal({ code }, `mms-inbox cannot start: ${message || code}`);
  else log.fatal({ err: error }, 'mms-inbox cannot start');
  exitProcess(1);
}

async function shutDown(signal: string): Promise<void> {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince > ONE_SIGNAL_MS) exitProcess(1);
    return;
  }
  stoppingSince = performance.now();
  log.info({ signal }, 'stopping; a second signal exits at once');
  setTimeout(() => {
    log.error(`the shutdown timed out after ${SHUTDOWN_MS / 1000} seconds`);
    exitProcess(1);
  }, SHUTDOWN_MS);
  if (inbox === undefined) return;
  try {
    await inbox.stop();
    log.info('stopped');
    exitProcess(0);
  } catch (error) {
    log.error({ err: error }, 'the shutdown was not clean');
    exitProcess(1);
  }
}

function readConfig() {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(formatConfigProblems(error.problems));
    exitProcess(2);
  }
}
