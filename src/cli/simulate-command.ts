import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { EXIT } from './exit-codes.ts';
import { interruptible } from './interruptible.ts';

interface SimulateFlags {
  url: string;
  count: number;
  concurrency: number;
  accountSid?: string;
  authToken?: string;
  from?: string;
  details?: boolean;
  host: string;
  apiPort: number;
  mediaPort: number;
  idle: number;
  duplicates?: boolean;
  stay?: boolean;
  wrongSignatures?: boolean;
  notFound?: number;
  serverErrors?: number;
  rateLimited?: number;
  cut?: boolean;
  slow?: number;
  wrongTypes?: boolean;
}

/** The account as set in the environment, if at all. */
interface SimulateDefaults {
  accountSid?: string | undefined;
  authToken?: string | undefined;
  apiKey?: { sid: string; secret: string } | undefined;
}

/** Registers `simulate`, which sets the exit code of the process. */
export function addSimulateCommand(program: Command, defaults: SimulateDefaults): void {
  program
    .command('simulate')
    .description('simulate Twilio: send messages with sample attachments to a deployment')
    .requiredOption('--url <url>', 'the deployment, e.g. http://localhost:3000', webUrl)
    .option('--count <n>', 'messages to send', wholeNumber, 20)
    .option('--concurrency <n>', 'webhooks at the same time', wholeNumber, 4)
    // Not commander's own defaults: its help would print the token.
    .option('--account-sid <sid>', 'default: TWILIO_ACCOUNT_SID, or a demo account')
    .option('--auth-token <token>', 'default: TWILIO_AUTH_TOKEN, or that of the demo account')
    .option('--from <address>', 'sender of every message; default: a few senders in turn')
    .option('--details', 'send what WhatsApp, RCS, groups and carriers add: buttons, places, ads …')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--api-port <port>', 'port of the REST API', port, 4010)
    .option('--media-port <port>', 'port of the media server', port, 4011)
    .option('--idle <seconds>', 'stop after so long without a request', wholeNumber, 300)
    .option('--stay', 'also wait for messages that were not answered: reconciliation fetches them')
    .option('--duplicates', 'send every webhook twice')
    .option('--wrong-signatures', 'sign wrongly; 403 is then the expected answer')
    .option('--not-found <n>', 'answer the first n requests for each attachment 404', wholeNumber)
    .option('--server-errors <n>', 'answer n requests for each attachment 503', wholeNumber)
    .option('--rate-limited <n>', 'answer n requests for each attachment 429', wholeNumber)
    .option('--cut', 'break off the first transfer of each attachment')
    .option('--slow <bytes-per-second>', 'transfer slowly', wholeNumber)
    .option('--wrong-types', 'send wrong content types of the attachments')
    .action(async (flags: SimulateFlags, command: Command) => {
      const { DEMO_ACCOUNT, runSimulation } = await import('../simulator/run-simulation.ts');
      const print = (line: string): void => command.configureOutput().writeOut?.(`${line}\n`);
      const options = {
        ...flags,
        accountSid: flags.accountSid ?? defaults.accountSid ?? DEMO_ACCOUNT.accountSid,
        authToken: flags.authToken ?? defaults.authToken ?? DEMO_ACCOUNT.authToken,
        apiKey: defaults.apiKey,
        idleSeconds: flags.idle,
        faults: flags,
      };
      try {
        process.exitCode = await interruptible(async (signal) => {
          const code = await runSimulation(options, print, signal);
          return signal.aborted ? EXIT.interrupted : code;
        });
      } catch (error) {
        throw isPortTaken(error) ? portTaken(error, flags) : error;
      }
    });
}

interface PortTaken extends NodeJS.ErrnoException {
  address: string;
  port: number;
}

function isPortTaken(error: unknown): error is PortTaken {
  return codeOf(error) === 'EADDRINUSE';
}

function portTaken(cause: PortTaken, { apiPort }: SimulateFlags): AppError {
  const { address, port } = cause;
  const option = port === apiPort ? '--api-port' : '--media-port';
  const message =
    `Something else listens on port ${port} of ${address}: stop it, or choose another port with ` +
    `${option} (0: any that is free).`;
  return new AppError('unavailable', message, { cause });
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('Not a whole number above 0.');
  return Number(value);
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('Not a port.');
  }
  return Number(value);
}

function webUrl(value: string): string {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
    throw new InvalidArgumentError('Not a http or https URL.');
  }
  return value;
}
