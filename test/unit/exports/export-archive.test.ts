import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, truncate } from 'node:fs/promises';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpenArchive, type ExportArchive } from '../../../src/exports/export-archive.ts';
import type { MediaExport } from '../../../src/generated/prisma/client.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { type ExportedFiles, openExportedFiles } from '../../support/exported-files.ts';
import { canSeeOpenFiles, countOpenFiles } from '../../support/open-files.ts';
import { readZip } from '../../support/read-zip.ts';
import { eventually } from '../../support/test-inbox.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

// More than the buffers between a file and a client that does not read.
const BYTES = 3_000_000;

const log = createLogger('silent');

let opened: TestQueue;
let exported: ExportedFiles;
beforeAll(async () => {
  opened = await openTestQueue();
  exported = await openExportedFiles(opened);
});
afterAll(() => opened.close());

const store = (other: object = {}) => exported.store(randomBytes(BYTES), other);

const openArchive = (row: MediaExport) =>
  createOpenArchive({ database: opened.database, blobs: exported.blobs, log })(row);

async function open(sids: string[]) {
  const row = await exported.createExport(sids, { state: 'ready' });
  return { row, archive: await openArchive(row) };
}

const whole = ({ byteSize }: ExportArchive) => ({ start: 0, end: byteSize - 1 });

async function read(archive: ExportArchive, range = whole(archive)): Promise<Buffer> {
  const target = new PassThrough();
  const [bytes] = await Promise.all([buffer(target), archive.writeTo(target, range)]);
  return bytes;
}

/** A target that takes the beginning of the zip, and then nothing until `resume`. */
function pausedTarget() {
  let resume = () => {};
  const target = new Writable({
    write(_chunk, _encoding, done) {
      if (target.isOpen) return done();
      resume = () => {
        target.isOpen = true;
        done();
      };
      target.emit('paused');
    },
  }) as Writable & { isOpen?: boolean };
  const paused = once(target, 'paused');
  return { target, paused, resume: () => resume() };
}

test('every part of the zip is as long and has the bytes that the whole has', async () => {
  const [first, second] = [await store(), await store()];
  const { archive } = await open([first.sid, second.sid]);
  const bytes = await read(archive);
  expect(bytes.length).toBe(archive.byteSize);
  const files = [...(await readZip(bytes)).values()];
  expect(files[1]?.equals(first.bytes)).toBe(true);
  expect(files[2]?.equals(second.bytes)).toBe(true);
  const { archive: again } = await open([first.sid]);
  expect(again.etag).not.toBe(archive.etag);
  for (const start of [0, 1, BYTES, BYTES + 5000, archive.byteSize - 1]) {
    const end = Math.min(start + 1_000_000, archive.byteSize - 1);
    const part = await read(archive, { start, end });
    expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
  }
}, 60_000);

const changes: [string, (sid: string, id: string) => Promise<unknown>][] = [
  [
    'deleted',
    (sid) => opened.database.prisma.media.update({ where: { sid }, data: { state: 'deleted' } }),
  ],
  [
    'held back',
    (sid) => opened.database.prisma.media.update({ where: { sid }, data: { moderation: 'held' } }),
  ],
  [
    'no longer exported',
    (_sid, id) => opened.database.prisma.mediaExport.delete({ where: { id } }),
  ],
];

test.each(changes)('what is %s while it is sent cuts the zip before it', async (_, change) => {
  const [first, second] = [await store(), await store()];
  const { row, archive } = await open([first.sid, second.sid]);
  const { target, paused, resume } = pausedTarget();
  const written = archive.writeTo(target, whole(archive));
  const refused = expect(written).rejects.toMatchObject({ code: 'conflict' });
  await paused;
  await change(second.sid, row.id);
  resume();
  await refused;
  expect(target.destroyed).toBe(true);
  expect(target.writableFinished).toBe(false);
});

test('a file that is missing, shorter or longer than it was cuts it as well, once', async () => {
  for (const damage of [
    (path: string) => rm(path),
    (path: string) => truncate(path, 1000),
    (path: string) => truncate(path, BYTES + 1000),
  ]) {
    const [first, second] = [await store(), await store()];
    const { row, archive } = await open([first.sid, second.sid]);
    await damage(second.path);
    const target = new PassThrough().resume();
    await expect(archive.writeTo(target, whole(archive))).rejects.toThrow();
    expect(target.destroyed).toBe(true);
    expect(target.writableFinished).toBe(false);
    const again = await opened.database.prisma.mediaExport.findUniqueOrThrow({
      where: { id: row.id },
    });
    expect(again).toMatchObject({ unreadable: [second.sid], omitted: 1 });
    const next = await readZip(await read(await openArchive(again)));
    expect([...next.keys()]).toHaveLength(2);
  }
});

test.runIf(canSeeOpenFiles)('a client that goes leaves no file open', async () => {
  const { archive } = await open([(await store()).sid, (await store()).sid]);
  const { target, paused } = pausedTarget();
  const written = archive.writeTo(target, whole(archive));
  const cut = expect(written).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  await paused;
  target.destroy();
  await cut;
  await eventually(async () => expect(await countOpenFiles(exported.folder)).toBe(0));
});

test('names are safe whatever the sender wrote', async () => {
  const hostile = ['../../etc/passwd', 'CON.png', '\u202egnp.exe', 'a\u0000b', 'x'.repeat(4000)];
  const sids = [];
  for (const fileName of hostile) {
    const contentType = fileName.startsWith('CON') ? 'text/html' : 'application/x-msdownload';
    const named = fileName.replaceAll('\u0000', '');
    sids.push((await store({ fileName: named, contentType })).sid);
  }
  const { archive } = await open(sids);
  const names = [...(await readZip(await read(archive))).keys()].slice(1);
  expect(new Set(names).size).toBe(hostile.length);
  for (const name of names) expect(name).toMatch(/^media\/[\d-]{10}_\d{6}_\d{5}\.(bin|txt)$/);
}, 60_000);
