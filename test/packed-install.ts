import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../src/lifecycle/project-files.ts';
import { startTwilioSimulator } from '../src/simulator/twilio-simulator.ts';
import { inboxEnv } from './support/inbox-env.ts';
import {
  cleanEnv,
  killServer,
  receiveMessage,
  runProgram,
  unprivilegedUser,
  waitForServer,
} from './support/installation.ts';
import { ACCOUNT } from './support/test-inbox.ts';

// `npm run test:package`: packs the project, installs the tarball in an empty folder, with the system's own Node and
// npm and as another user than root, and tries what the README promises of it. Exit code 1 when something
// does not work.

const place = await mkdtemp(join(tmpdir(), 'mms-inbox-package-'));
const user = unprivilegedUser();
const home = join(place, 'home');
const app = join(place, 'app');
const temporary = join(place, 'tmp');
const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
let server: ChildProcess | undefined;
try {
  const tarball = await pack();
  for (const folder of [place, home, app, temporary]) {
    await mkdir(folder, { recursive: true });
    await chown(folder, user.uid ?? -1, user.gid ?? -1);
  }
  const { stdout: version } = await asUser('node', '--version');
  console.log(
    `with the system's Node ${version.trim()}, as user ${user.uid ?? process.getuid?.()}`,
  );
  await asUser('npm', 'install', tarball);
  await printSize();
  await expectOutput(/^\d+\.\d+\.\d+\n$/, 'npx', 'mms-inbox', '--version');
  await expectOutput(/^Usage: npx mms-inbox /, 'npx', 'mms-inbox', '--help');
  await expectOutput(/^verify\t/, 'npx', 'mms-inbox', 'complete', '--', 'ver');
  await expectOutput(/\(204, then 404\)/, 'npx', 'mms-inbox', 'demo', '--once');
  await startAndReceive();
  await expectOutput(/gallery +viewer/, 'npx', 'mms-inbox', 'keys', 'list');
} finally {
  killServer(server);
  await twilio.stop();
  await rm(place, { recursive: true, force: true });
}
process.exit();

/** @returns the path of the tarball */
async function pack(): Promise<string> {
  const command = ['npm', 'pack', '--silent', '--pack-destination', place];
  // Vite and tsc need the Node that npm scripts have.
  const { stdout } = await runProgram(command, { cwd: ROOT, env: cleanEnv() });
  return join(place, stdout.trim().split('\n').at(-1) ?? '');
}

function userEnv(): Record<string, string> {
  const env = inboxEnv({ dataDir: join(place, 'data'), databaseUrl: undefined }, twilio);
  return cleanEnv({
    ...env,
    HOME: home,
    TMPDIR: temporary,
    HOST: '127.0.0.1',
    PORT: '0',
    RECONCILE_INTERVAL_MINUTES: '0',
  });
}

function asUser(...command: string[]) {
  return runProgram(command, { cwd: app, env: userEnv(), ...user });
}

async function expectOutput(expected: RegExp, ...command: string[]): Promise<void> {
  const { stdout } = await asUser(...command);
  if (!expected.test(stdout)) throw new Error(`${command.join(' ')} printed ${stdout}`);
  console.log(`${command.join(' ')}: ok`);
}

async function printSize(): Promise<void> {
  const { stdout } = await asUser('du', '-sm', 'node_modules');
  console.log(`node_modules: ${Number.parseInt(stdout, 10)} MB`);
}

/** A key on the new database, `npx mms-inbox`, a signed webhook with an attachment, SIGTERM. */
async function startAndReceive(): Promise<void> {
  await expectOutput(
    /./,
    ...['npx', 'mms-inbox', 'keys', 'create', '--name', 'gallery', '--role', 'viewer'],
  );
  server = spawn('npx', ['mms-inbox'], {
    cwd: app,
    env: userEnv(),
    ...user,
    // A group of its own, because npx stands between.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, stop } = await waitForServer('npx mms-inbox', server);
  await receiveMessage(url, twilio);
  await stop();
}
