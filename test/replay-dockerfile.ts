import { type ChildProcess, spawn } from 'node:child_process';
import { chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTwilioSimulator } from '../src/simulator/twilio-simulator.ts';
import { copyTrackedFiles } from './support/copy-tracked-files.ts';
import {
  type DockerfileLine,
  debianPackages,
  execForm,
  readDockerfile,
} from './support/dockerfile.ts';
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

// `npm run test:image`: replays the Dockerfile without Docker. Each stage is a folder that stands for its root; an
// unprivileged user runs the commands of the file in it. The image's Node is the one that runs this. What takes root
// (apt-get) is not run: its packages have to be there. Then the files are made read-only, CMD is started, HEALTHCHECK
// has to notice that, and a signed webhook and SIGTERM follow. Exit code 1 when something does not work.

interface Stage {
  root: string;
  folder: string;
  env: Record<string, string>;
}

const place = await mkdtemp(join(tmpdir(), 'mms-inbox-image-'));
const user = unprivilegedUser();
const context = join(place, 'context');
const imageBin = join(place, 'bin');
const stages: Record<string, Stage> = {};
const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
let server: ChildProcess | undefined;
let healthCheck: string[] | undefined;
let command: string[] | undefined;
try {
  await copyTrackedFiles(context);
  await leaveOutIgnored();
  for (const folder of [place, imageBin, join(place, 'home'), join(place, 'tmp')]) {
    await mkdir(folder, { recursive: true });
    await chown(folder, user.uid ?? -1, user.gid ?? -1);
  }
  await copyFile(process.execPath, join(imageBin, 'node'));
  let stage: Stage | undefined;
  for (const line of readDockerfile()) {
    console.log(`${line.keyword} ${line.text}`);
    if (line.keyword === 'FROM') stage = await beginStage(line.text);
    else if (stage === undefined) throw new Error('the first instruction is not FROM');
    else await replay(line, stage);
  }
  if (stage === undefined) throw new Error('there is no stage');
  await startAndReceive(stage);
} finally {
  killServer(server);
  await twilio.stop();
  await runProgram(['chmod', '-R', 'u+w', place], { cwd: '/', env: cleanEnv() });
  await rm(place, { recursive: true, force: true });
}
process.exit();

/** Everything that .dockerignore does not name after its `*`. */
async function leaveOutIgnored(): Promise<void> {
  const lines = (await readFile(join(context, '.dockerignore'), 'utf8')).split('\n');
  for (const name of await readdir(context)) {
    if (!lines.includes(`!${name}`)) await rm(join(context, name), { recursive: true });
  }
}

async function beginStage(text: string): Promise<Stage> {
  const [image = '', , name = 'last'] = text.split(' ');
  const [major] = process.versions.node.split('.');
  if (!image.startsWith(`node:${major}-`)) throw new Error(`this Node does not stand for ${image}`);
  const root = join(place, `stage-${name}`);
  const begun = { root, folder: root, env: {} };
  stages[name] = begun;
  await asUser(['mkdir', '-p', root], { ...begun, folder: place });
  return begun;
}

async function replay({ keyword, flags, text }: DockerfileLine, stage: Stage): Promise<void> {
  switch (keyword) {
    case 'WORKDIR':
      stage.folder = join(stage.root, text);
      await asUser(['mkdir', '-p', stage.folder], { ...stage, folder: place });
      break;
    case 'COPY':
      await copy(flags.from, text.split(' '), stage);
      break;
    case 'ENV':
      for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) {
        stage.env[name] = value.startsWith('/') ? join(stage.root, value) : value;
      }
      break;
    case 'RUN':
      if (/\bapt-get\b/.test(text)) await checkPackages(debianPackages(text));
      else await asUser(['sh', '-e', '-c', text], stage);
      break;
    case 'VOLUME':
      await asUser(['mkdir', '--mode=0700', join(stage.root, text)], stage);
      break;
    case 'HEALTHCHECK':
      healthCheck = execForm(text.slice(text.indexOf('CMD ')));
      break;
    case 'CMD':
      command = execForm(text);
      break;
    case 'USER':
      if (/^(root|0)\b/.test(text)) throw new Error('the image runs as root');
      break;
    case 'ARG':
    case 'EXPOSE':
    case 'LABEL':
    case 'STOPSIGNAL':
      break;
    default:
      throw new Error(`there is no way to replay ${keyword}`);
  }
}

/** As Docker does it: of a folder its content, and into a folder where the target ends with a slash. */
async function copy(from: string | undefined, words: string[], stage: Stage): Promise<void> {
  const target = join(stage.folder, words.at(-1) ?? '');
  const source = from === undefined ? context : stages[from]?.root;
  if (source === undefined) throw new Error(`there is no stage ${from}`);
  const script =
    'if [ -d "$1" ]; then mkdir -p "$2" && cp -R "$1/." "$2"; else mkdir -p "$(dirname "$2x")" && cp "$1" "$2"; fi';
  for (const word of words.slice(0, -1)) {
    const isIntoFolder = words.at(-1)?.endsWith('/');
    const to = isIntoFolder ? `${target}/` : target;
    await asUser(['sh', '-e', '-c', script, 'copy', join(source, word), to], stage);
  }
}

async function checkPackages(names: string[]): Promise<void> {
  if (names.length === 0) throw new Error('apt-get installs nothing');
  for (const name of names) {
    const isThere = await runProgram(['dpkg', '--status', name], {
      cwd: '/',
      env: cleanEnv(),
    }).then(
      () => true,
      () => false,
    );
    // Debian has it, at least.
    if (!isThere) await runProgram(['apt-cache', 'show', name], { cwd: '/', env: cleanEnv() });
    console.log(`  not run, as it takes root; ${name} is ${isThere ? 'installed' : 'in Debian'}`);
  }
}

async function asUser(words: string[], stage: Stage): Promise<void> {
  await runProgram(words, { cwd: stage.folder, env: imageEnv(stage), ...user });
}

function imageEnv(stage: Stage, more: Record<string, string> = {}): Record<string, string> {
  const env = cleanEnv({ HOME: join(place, 'home'), TMPDIR: join(place, 'tmp') });
  return { ...env, PATH: `${imageBin}:${env.PATH}`, ...stage.env, ...more };
}

async function startAndReceive(stage: Stage): Promise<void> {
  const { DATA_DIR } = stage.env;
  const [program = '', ...args] = command ?? [];
  if (DATA_DIR === undefined || healthCheck === undefined) {
    throw new Error('the image has no DATA_DIR or no HEALTHCHECK');
  }
  const { stdout } = await runProgram(['du', '-sm', stage.root], { cwd: '/', env: cleanEnv() });
  console.log(
    `${Number.parseInt(stdout, 10)} MB on top of the image of Node and Debian's packages`,
  );
  await asUser(['chmod', '-R', 'a-w', stage.folder], stage);
  const env = imageEnv(stage, {
    ...inboxEnv({ dataDir: DATA_DIR, databaseUrl: undefined }, twilio),
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    RECONCILE_INTERVAL_MINUTES: '0',
  });
  const options = { cwd: stage.folder, env, ...user };
  const isHealthy = () =>
    runProgram(healthCheck ?? [], options).then(
      () => true,
      () => false,
    );
  if (await isHealthy()) throw new Error('HEALTHCHECK finds nothing wrong without a server');
  server = spawn(program, args, {
    ...options,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, stop } = await waitForServer(`CMD ${program}`, server);
  if (!(await isHealthy())) throw new Error('HEALTHCHECK fails although the server is ready');
  console.log('HEALTHCHECK: ok');
  await receiveMessage(url, twilio);
  const code = await stop();
  if (code !== 0) throw new Error(`it ended with ${code}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
