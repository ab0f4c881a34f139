import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePath, hasFfmpeg } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ADMIN_KEY } from '../support/test-inbox.ts';

let database: TestDatabase;
let inbox: InboxProcess | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await inbox?.end('SIGTERM');
  await database.remove();
});

function cli(env: Record<string, string>, ...args: string[]) {
  return promisify(execFile)(process.execPath, ['src/cli.ts', ...args], {
    env: { ...inboxEnv(database), ...env },
  });
}

async function start(env: Record<string, string>): Promise<InboxProcess> {
  inbox = await startInboxProcess({ ...inboxEnv(database), ...env });
  return inbox;
}

async function call({ url }: InboxProcess, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  return (await fetch(url + path, { ...init, headers })).json();
}

async function mediaOf(server: InboxProcess, state = 'stored') {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { items } = await call(server, '/api/v1/media');
    if (items.every((item: { state: string }) => item.state === state)) return items;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  throw new Error(`not all ${state}`);
}

test('what was stored without ffmpeg is made again by the command, with no server and through one', async () => {
  const bare = await start({ PATH: '/nonexistent' });
  const form = new FormData();
  for (const name of ['video.mp4', 'audio.mp3', 'document.pdf']) {
    form.append('files', new Blob([new Uint8Array(await readFile(fixturePath(name)))]), name);
  }
  await call(bare, '/api/v1/media', { method: 'POST', body: form });
  const kinds = async (server: InboxProcess) =>
    (await mediaOf(server)).map((item: { preview: { kind: string } }) => item.preview.kind);
  expect(await kinds(bare)).toEqual(['card', 'card', 'pdf']);
  await bare.end('SIGTERM');

  const alone = await cli({ PATH: process.env.PATH ?? '' }, 'previews', 'rebuild', '--failed');
  expect(alone.stdout).toContain('To be rebuilt: 2.');
  expect(alone.stderr + alone.stdout).toContain('2/2');

  const whole = await start({ PATH: process.env.PATH ?? '' });
  expect(await kinds(whole)).toEqual(
    hasFfmpeg() ? ['video', 'audio', 'pdf'] : ['card', 'card', 'pdf'],
  );
  const { port } = new URL(whole.url);
  const through = await cli({ PORT: port }, 'previews', 'rebuild', '--kind', 'pdf');
  expect(through.stdout).toContain('To be rebuilt: 1.');
  expect(await kinds(whole)).toHaveLength(3);
  const rest = await cli({ PORT: port }, 'previews', 'rebuild', '--resume');
  expect(rest.stdout).toContain('There is nothing to rebuild.');
}, 120_000);

test('a command that begins with a new database says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-new-'));
  const fresh = { DATA_DIR: folder, DATABASE_URL: '' };
  try {
    const first = await cli(fresh, 'previews', 'rebuild');
    expect(first.stderr).toContain(`On a new, empty database under ${folder} (DATA_DIR).`);
    expect(first.stdout).toContain('There is nothing to rebuild.');
    const second = await cli(fresh, 'previews', 'rebuild');
    expect(second.stderr).toContain(`On the database under ${folder}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
