import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTwilioSimulator } from '../src/simulator/twilio-simulator.ts';
import { inboxEnv } from './support/inbox-env.ts';
import { ACCOUNT, ADMIN_KEY } from './support/test-inbox.ts';

// `npm run test:install`: a production install in a fresh copy, with the system's own Node and npm, as the
// README describes it. Exit code 1 when something does not work.

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_MS = 120_000;

const place = await mkdtemp(join(tmpdir(), 'mms-inbox-install-'));
const app = join(place, 'app');
const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
let server: ChildProcess | undefined;
try {
  await copyTrackedFiles();
  const { stdout: version } = await inCopy('node', ['--version']);
  console.log(`with the system's Node ${version.trim()}`);
  await inCopy('npm', ['ci', '--omit=dev']);
  await startAndReceive();
  await inCopy('npm', ['run', 'cli', '--', '--help']);
  console.log('npm run cli: ok');
  await inCopy('npm', ['run', 'demo', '--', '--once']);
  console.log('npm run demo: ok');
} finally {
  if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  await twilio.stop();
  await rm(place, { recursive: true, force: true });
}
process.exit();

async function copyTrackedFiles(): Promise<void> {
  const { stdout } = await run(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: ROOT,
    },
  );
  for (const name of stdout.split('\0').filter((name) => name !== '')) {
    await cp(join(ROOT, name), join(app, name)).catch((error: NodeJS.ErrnoException) => {
      // Removed, and not yet committed.
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** Without what npm has set for this very script: its packages, its Node. */
function cleanEnv(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', ...env } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const kept = Object.entries(env).filter(([name]) => !/^(npm_|NODE_|INIT_CWD)/i.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: path.join(delimiter),
    ...more,
  };
}

function inCopy(program: string, args: string[]) {
  return run(program, args, { cwd: app, env: cleanEnv(), maxBuffer: 64 * 1024 ** 2 });
}

/** `npm start`, a signed webhook with an attachment, SIGTERM. */
async function startAndReceive(): Promise<void> {
  const dataDir = join(place, 'data');
  const env = inboxEnv({ dataDir, databaseUrl: undefined }, twilio);
  const started = spawn('npm', ['start'], {
    cwd: app,
    env: cleanEnv({ ...env, HOST: '127.0.0.1', PORT: '0', RECONCILE_INTERVAL_MINUTES: '0' }),
    // A group of its own, because npm stands between.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const readyLine = () => output.split('\n').find((line) => line.includes('mms-inbox is ready'));
  await until('npm start is ready', async () => {
    if (started.exitCode !== null) throw new Error(`npm start ended: ${output}`);
    return readyLine() !== undefined;
  });
  const { url } = JSON.parse(readyLine() ?? '') as { url: string };
  await openPage(url);
  const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
  const message = twilio.createMessage({ attachments });
  const { status } = await twilio.deliver(message, { url: `${url}/twilio/incoming` });
  if (status !== 200) throw new Error(`the webhook was answered ${status}`);
  await until('the attachment is stored', async () => {
    const response = await fetch(`${url}/api/v1/media?state=stored`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    const { items } = (await response.json()) as { items: unknown[] };
    return items.length === 1;
  });
  if (started.pid !== undefined) process.kill(-started.pid, 'SIGTERM');
  if (started.exitCode === null) await once(started, 'exit');
  if (!output.includes('"msg":"stopped"')) throw new Error(`it did not stop cleanly: ${output}`);
}

/** The page, built by `npm start`, and its script. */
async function openPage(url: string): Promise<void> {
  const page = await fetch(url);
  const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
  const file = await fetch(new URL(script ?? '/no-script', url));
  if (page.status !== 200 || file.status !== 200) {
    throw new Error(`the page was answered ${page.status}, its script ${file.status}`);
  }
  console.log('the page: ok');
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Not within ${READY_MS / 1000} s: ${what}`);
    await setTimeout(200);
  }
  console.log(`${what}: ok`);
}
