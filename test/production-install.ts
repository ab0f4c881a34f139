import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTwilioSimulator } from '../src/simulator/twilio-simulator.ts';
import { copyTrackedFiles } from './support/copy-tracked-files.ts';
import { inboxEnv } from './support/inbox-env.ts';
import {
  cleanEnv,
  killServer,
  receiveMessage,
  runProgram,
  waitForServer,
} from './support/installation.ts';
import { ACCOUNT } from './support/test-inbox.ts';

// `npm run test:install`: a production install in a fresh copy, with the system's own Node and npm, as the
// README describes it. Exit code 1 when something does not work.

const place = await mkdtemp(join(tmpdir(), 'mms-inbox-install-'));
const app = join(place, 'app');
const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
let server: ChildProcess | undefined;
try {
  await copyTrackedFiles(app);
  const { stdout: version } = await inCopy('node', '--version');
  console.log(`with the system's Node ${version.trim()}`);
  await inCopy('npm', 'ci', '--omit=dev');
  await startAndReceive();
  await inCopy('npm', 'run', 'cli', '--', '--help');
  console.log('npm run cli: ok');
  await inCopy('npm', 'run', 'demo', '--', '--once');
  console.log('npm run demo: ok');
} finally {
  killServer(server);
  await twilio.stop();
  await rm(place, { recursive: true, force: true });
}
process.exit();

function inCopy(...command: string[]) {
  return runProgram(command, { cwd: app, env: cleanEnv() });
}

/** `npm start`, a signed webhook with an attachment, SIGTERM. */
async function startAndReceive(): Promise<void> {
  const env = inboxEnv({ dataDir: join(place, 'data'), databaseUrl: undefined }, twilio);
  server = spawn('npm', ['start'], {
    cwd: app,
    env: cleanEnv({ ...env, HOST: '127.0.0.1', PORT: '0', RECONCILE_INTERVAL_MINUTES: '0' }),
    // A group of its own, because npm stands between.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, stop } = await waitForServer('npm start', server);
  await receiveMessage(url, twilio);
  await stop();
}
