import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createDiskBlobStore } from '../../src/files/disk-blob-store.ts';
import { newBlobKey } from '../../src/files/file-names.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

let files: TestDatabase;
let inbox: InboxProcess | undefined;
let env: Record<string, string>;

beforeEach(async () => {
  files = await createTestDatabase();
  env = inboxEnv(files);
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await files.remove();
});

/** Works on the database while no server does. */
async function withDatabase<T>(use: (prisma: Database['prisma']) => Promise<T>): Promise<T> {
  const database = await openDatabase(files, createLogger('silent'));
  try {
    return await use(database.prisma);
  } finally {
    await database.close();
  }
}

const sidOf = (prefix: string, number: number) => prefix + number.toString(16).padStart(32, '0');

/** Media of one sender as an import leaves them, each with bytes of its own. */
async function seed(count: number): Promise<string> {
  const blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'seed');
  const media = Array.from({ length: count }, (_, n) => {
    const sha256 = randomBytes(32).toString('hex');
    return {
      sid: sidOf('ME', n),
      messageSid: sidOf('MM', n),
      sha256,
      key: newBlobKey(blobs, sha256),
    };
  });
  for (const { key } of media) {
    const path = join(files.dataDir, 'blobs', key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'bytes');
  }
  const common = { accountSid: ACCOUNT.sid, from: '+14155550123', to: '+14155550100' };
  const receivedAt = new Date();
  await withDatabase(async (prisma) => {
    await prisma.message.createMany({
      data: media.map(({ messageSid: sid }) => ({
        sid,
        ...common,
        body: '',
        source: 'import' as const,
        params: {},
        receivedAt,
      })),
    });
    await prisma.blob.createMany({
      data: media.map(({ sha256, key }) => ({ sha256, key, byteSize: 5, previewKind: 'text' })),
    });
    await prisma.media.createMany({
      data: media.map(({ sid, messageSid, sha256: blobSha256 }) => ({
        sid,
        messageSid,
        ...common,
        index: 0,
        receivedAt,
        storedAt: receivedAt,
        blobSha256,
        state: 'stored' as const,
        upstream: 'none' as const,
      })),
    });
  });
  return sidOf('ME', 0);
}

async function call(method: string, path: string) {
  return fetch(inbox?.url + path, { method, headers: { authorization: `Bearer ${ADMIN_KEY}` } });
}

const filesLeft = async () =>
  (
    await readdir(join(files.dataDir, 'blobs/blobs'), { recursive: true, withFileTypes: true })
  ).filter((entry) => entry.isFile()).length;

test('kill -9 in the middle of a big delete: after a restart it completes', async () => {
  const count = 1200;
  const sid = await seed(count);
  inbox = await startInboxProcess(env);
  const cut = call('DELETE', `/api/v1/media/${sid}?scope=sender&message=true`).catch(() => null);
  await eventually(async () => {
    expect((await call('GET', '/api/v1/deletions/1/targets?limit=1')).status).toBe(200);
  });
  await inbox.end('SIGKILL');
  await cut;
  const left = await withDatabase((prisma) => prisma.media.count({ where: { state: 'stored' } }));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(count);

  inbox = await startInboxProcess(env);
  await eventually(async () => {
    const record = await (await call('GET', '/api/v1/deletions/1')).json();
    expect(record).toMatchObject({ state: 'completed', targets: 2 * count, open: [] });
  }, 120_000);
  expect(await filesLeft()).toBe(0);
  await inbox.end('SIGKILL');
  await withDatabase(async (prisma) => {
    expect(await prisma.media.count({ where: { state: { not: 'deleted' } } })).toBe(0);
    expect(await prisma.message.count({ where: { from: { not: '' } } })).toBe(0);
    expect(await prisma.auditEntry.count({ where: { action: 'media.delete' } })).toBe(count);
    expect(await prisma.event.count({ where: { type: 'media.deleted' } })).toBe(count);
    expect(await prisma.event.count({ where: { type: 'deletion.completed' } })).toBe(1);
  });
}, 240_000);

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

test.each([
  ['too old', { createdAt: ago(15.1) }, null, true],
  ['blocked for a day', { createdAt: ago(2) }, ago(1.1), true],
  ['what Twilio may still want', { createdAt: ago(13.9) }, null, false],
  ['blocked since a moment ago', { createdAt: ago(2) }, ago(0.9), false],
])(
  '%s: an alert in log, metric and readyz, or none',
  async (_name, deletion, blockedSince, isStuck) => {
    await withDatabase((prisma) =>
      prisma.deletion.create({
        data: {
          ...deletion,
          requestedBy: 'ada',
          scope: 'one',
          withMessages: false,
          targets: {
            create: {
              sid: sidOf('ME', 1),
              messageSid: sidOf('MM', 1),
              accountSid: ACCOUNT.sid,
              local: 'done',
              previews: 'none',
              upstream: 'retrying',
              forgottenAt: new Date(),
              reason: 'Twilio answered 401, code 20003',
              blockedSince,
            },
          },
        },
      }),
    );
    inbox = await startInboxProcess(env);
    const ready = await (await call('GET', '/readyz')).json();
    const metrics = await (await call('GET', '/metrics')).text();
    const { items } = await (await call('GET', '/api/v1/deletions?state=stuck')).json();
    const alerts = inbox.output().match(/"level":50.*a deletion is stuck/g) ?? [];
    expect({
      status: ready.status,
      part: ready.parts.deletions,
      metric: /^mms_inbox_deletions_stuck (\d+)$/m.exec(metrics)?.[1],
      listed: items.map(({ state }: { state: string }) => state),
      alerts: alerts.length,
    }).toEqual(
      isStuck
        ? {
            status: 'degraded',
            part: 'degraded: 1 stuck: GET /api/v1/deletions?state=stuck',
            metric: '1',
            listed: ['stuck'],
            alerts: 1,
          }
        : { status: 'ready', part: 'ok', metric: '0', listed: [], alerts: 0 },
    );
  },
  60_000,
);
