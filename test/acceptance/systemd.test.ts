import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../../src/lifecycle/project-files.ts';
import { readBlocks } from '../support/document-blocks.ts';
import { freePort } from '../support/free-port.ts';
import { hasProgram } from '../support/has-program.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { launchInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { eventually } from '../support/test-inbox.ts';

// Processes start.
vi.setConfig({ testTimeout: 240_000 });
const UNITS = globSync('deploy/systemd/*.{service,timer}', { cwd: ROOT }).sort();
const INSTALLED = '/opt/mms-inbox';
const canVerify = hasProgram('systemd-analyze', '--version');
const canNotify = hasProgram('systemd-notify', '--version') && hasProgram('socat', '-V');

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-systemd-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The units, with what they start in a folder of the test, and the drop-ins of docs/operations/vm.md. */
async function copyUnits(): Promise<{ folder: string; copies: string[] }> {
  const folder = await newFolder();
  const node = join(folder, 'node_modules/.bin/node');
  await mkdir(dirname(node), { recursive: true });
  await symlink(process.execPath, node);
  const copies = UNITS.map((unit) => join(folder, basename(unit)));
  for (const [index, unit] of UNITS.entries()) {
    const text = await readFile(join(ROOT, unit), 'utf8');
    await writeFile(copies[index] ?? '', text.replaceAll(INSTALLED, folder));
  }
  const dropIns = readBlocks('docs/operations/vm.md').filter(
    ({ language }) => language === 'systemd',
  );
  expect(dropIns).toHaveLength(1);
  const dropInFolder = join(folder, 'mms-inbox.service.d');
  await mkdir(dropInFolder);
  await writeFile(join(dropInFolder, 'override.conf'), dropIns[0]?.text ?? '');
  return { folder, copies };
}

test.skipIf(!canVerify)('systemd finds no mistake in the units and the drop-in', async () => {
  const { folder, copies } = await copyUnits();
  expect(copies).toHaveLength(3);
  // What the drop-in says is read with its unit: a wrong line in it is told.
  const verify = () => spawnSync('systemd-analyze', ['verify', ...copies], { encoding: 'utf8' });
  const found = verify();
  expect([found.status, found.stdout + found.stderr]).toEqual([0, '']);
  await writeFile(join(folder, 'mms-inbox.service.d/wrong.conf'), '[Service]\nMemoryMux=9G\n');
  expect(verify().stderr).toContain('MemoryMux');
});

test.skipIf(!canVerify)('the unit of the server is as closed as the page says', async () => {
  const { copies } = await copyUnits();
  const service = copies.find((path) => path.endsWith('mms-inbox.service')) ?? '';
  const { stdout } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', service],
    { encoding: 'utf8' },
  );
  const [, exposure = ''] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(exposure), stdout).toBeLessThanOrEqual(2.5);
  expect(Number(exposure)).toBeGreaterThan(0);
});

/** A socket as systemd's. @returns its path, and the first message that arrives at it */
async function receiveNotification(): Promise<{ path: string; message: Promise<string> }> {
  const path = join(await newFolder(), 'notify');
  const socat = spawn('socat', ['-u', `UNIX-RECV:${path}`, 'STDOUT']);
  onTestFinished(() => void socat.kill());
  const message = once(socat.stdout, 'data').then(([chunk]) => String(chunk));
  await eventually(() => access(path));
  return { path, message };
}

async function launch(env: Record<string, string>) {
  const database = await createTestDatabase();
  const starting = launchInboxProcess({ ...inboxEnv(database), ...env });
  onTestFinished(async () => {
    await starting.end('SIGKILL');
    await database.remove();
  });
  return starting;
}

test.skipIf(!canNotify)('systemd is told once the server is ready, and not before', async () => {
  const socket = await receiveNotification();
  const port = await freePort();
  const { end } = await launch({ NOTIFY_SOCKET: socket.path, PORT: String(port) });
  expect(await socket.message).toContain('READY=1');
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  expect(await end('SIGTERM')).toBe(0);
});

test('the log says when systemd cannot be told, and the server goes on', async () => {
  const folder = await newFolder();
  const starting = await launch({ NOTIFY_SOCKET: join(folder, 'nobody'), PATH: folder });
  const { url } = await starting.ready;
  await eventually(async () =>
    expect(starting.output()).toContain('systemd was not told that mms-inbox is ready'),
  );
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
