import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountSmallDisk } from '../faults/small-disk.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { runInboxProcess } from '../support/inbox-process.ts';

// It was never told, by a process that hung. Within 5 seconds on a machine that has nothing else to do.
const TOLD_WITHIN_MS = 20_000;

let folder: string;
let taken: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-start-'));
  await writeFile(join(folder, 'file'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @returns the line by which a refused start ends; before it are only those that say what it does */
async function refusal(env: Record<string, string>): Promise<{ msg: string; ms: number }> {
  const began = performance.now();
  const { code, output } = await runInboxProcess({
    ...inboxEnv({ dataDir: join(folder, 'data'), databaseUrl: undefined }),
    ...env,
  });
  const ms = performance.now() - began;
  expect(code).toBe(1);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ level }) => level > 30)).toHaveLength(1);
  return { msg: lines.at(-1).msg, ms };
}

test.each([
  ['DATA_DIR', '/proc/mms-inbox/data'],
  ['DATA_DIR', '/sys/mms-inbox'],
  ['DATA_DIR', 'FOLDER/file'],
  ['DATA_DIR', 'FOLDER/file/data'],
  ['BLOB_STORE_URL', 'file:///proc/mms-inbox/blobs'],
  ['BLOB_STORE_URL', 'file://FOLDER/file'],
])('%s=%s is told in a line that names it, with exit code 1', async (name, value) => {
  const given = value.replace('FOLDER', folder);
  const { msg, ms } = await refusal({ [name]: given });
  expect(msg).toContain(`(${name} is ${given.replace('file://', '')}) cannot be used`);
  expect(ms).toBeLessThan(TOLD_WITHIN_MS);
});

test('a folder on a read-only file system is told', async (context) => {
  const disk = await mountSmallDisk(1);
  if (disk === null) return context.skip('this user may not mount a disk');
  try {
    await disk.setReadOnly(true);
    const { msg } = await refusal({ DATA_DIR: join(disk.folder, 'data') });
    expect(msg).toContain('its file system is read-only (EROFS)');
  } finally {
    await disk.remove();
  }
});

test('a folder without permission is told', async (context) => {
  if (process.getuid?.() === 0) return context.skip('root has every permission');
  const closed = join(folder, 'closed');
  await mkdir(closed, { mode: 0o500 });
  const { msg } = await refusal({ DATA_DIR: join(closed, 'data') });
  expect(msg).toContain('this process may not write there (EACCES)');
});

test('a spool folder that cannot be made is told, also where the database is a server', async () => {
  const { msg } = await refusal({
    DATA_DIR: '/proc/mms-inbox/data',
    BLOB_STORE_URL: `file://${join(folder, 'blobs')}`,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    ROLES: 'receiver',
  });
  expect(msg).toContain('/proc/mms-inbox/data/spool');
});

test('a process whose port is taken has run no job, and made no database and no folder', async () => {
  taken = createServer();
  await new Promise<void>((done) => void taken.listen(0, '127.0.0.1', done));
  try {
    const { port } = taken.address() as AddressInfo;
    const { msg } = await refusal({ PORT: String(port) });
    expect(msg).toContain(`port ${port} is in use`);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    expect(await readdir(folder)).toEqual(['file']);
  } finally {
    await new Promise((done) => taken.close(done));
  }
});
