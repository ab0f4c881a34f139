import { createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buildDatabase, hasDatabase, lockDataFolder } from '../database/embedded/data-folder.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { isRestoring, restoringFolder } from '../database/embedded/unfinished-restore.ts';
import { readMigrationHistory } from '../database/migrations/schema-engine.ts';
import { AppError } from '../errors/app-error.ts';
import { codeOf, unlessGone } from '../errors/caught.ts';
import { RESERVED_BYTES, requireRoom } from '../files/disk-space.ts';
import { syncPath, syncTree } from '../files/folder-sync.ts';
import { makeFolder } from '../files/folders.ts';
import { DATABASE, FILES, type Manifest, SPOOL } from './archive-format.ts';
import { inspectSnapshot } from './inspect-snapshot.ts';
import { type Member, readArchive, verifyArchive } from './read-archive.ts';

export interface RestoreOptions {
  archive: string;
  /** Absolute; missing, or without a database and a spool. */
  dataDir: string;
  /** Absolute. Files that are there already stay. */
  blobFolder: string;
  /** Deletes, in the data folder of the restored database, what was deleted while the archive was written. */
  deleteAgain: (dataDir: string, deleted: Manifest['deleted']) => Promise<void>;
}

/**
 * Restores an archive. The database is put in place last, so that the installation is there as a whole or not at all:
 * an interrupted restore is finished by the next one with the same archive, and no server starts meanwhile.
 *
 * @throws AppError `invalid_request` for an archive that is incomplete, altered or of a newer version, before anything
 *   is written; `data_folder_in_use`; `conflict` when the installation is not empty, or an interrupted restore was of
 *   another archive; ErrnoException of the disk
 */
export async function restoreArchive(options: RestoreOptions): Promise<Manifest> {
  const { archive, dataDir } = options;
  await requireEmpty(options);
  const { manifest, sha256 } = await verifyArchive(archive);
  await requireKnownSchema(manifest);
  const lock = await lockDataFolder(dataDir);
  try {
    await requireEmpty(options);
    await begin(dataDir, sha256);
    // Otherwise the last one was interrupted behind the end.
    if (!(await hasDatabase(embeddedFolder(dataDir)))) await restoreAll(options, manifest, sha256);
    await rm(restoringFolder(dataDir), { recursive: true, force: true });
    await syncPath(dataDir);
    return manifest;
  } finally {
    await lock.release();
  }
}

/** @throws AppError `conflict` */
async function requireEmpty({ dataDir, blobFolder }: RestoreOptions): Promise<void> {
  if (await isRestoring(dataDir)) return;
  const found = {
    'a database': await hasDatabase(embeddedFolder(dataDir)),
    // Also an empty one: a server on PostgreSQL may use it, and would take in the messages of the archive.
    'a spool': (await namesIn(join(dataDir, 'spool'))).length > 0,
    files:
      blobFolder === join(dataDir, 'blobs') &&
      (await namesIn(blobFolder)).some((name) => name !== 'incoming'),
  };
  for (const [what, isThere] of Object.entries(found)) {
    if (!isThere) continue;
    throw new AppError(
      'conflict',
      `The installation under ${dataDir} has ${what}: restore into an empty folder (DATA_DIR).`,
    );
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessGone(readdir(folder))) ?? [];
}

async function requireKnownSchema({ migration, version }: Manifest): Promise<void> {
  const { migrationDirectories } = await readMigrationHistory();
  if (migrationDirectories.some(({ path }) => path === migration)) return;
  throw new AppError(
    'invalid_request',
    `The archive was made by version ${version} with a newer database schema: upgrade mms-inbox first.`,
  );
}

/** Marks the folder, until it is complete, as one that no server may use. */
async function begin(dataDir: string, sha256: string): Promise<void> {
  const folder = restoringFolder(dataDir);
  const path = join(folder, 'archive.sha256');
  const former = await readFile(path, 'utf8').catch(() => '');
  if (former !== '' && former !== sha256) {
    throw new AppError(
      'conflict',
      `A restore of another archive was interrupted. Run it again with that archive, or remove ${dataDir}.`,
    );
  }
  await makeFolder(folder);
  await writeFile(`${path}.new`, sha256, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  await syncPath(folder);
}

async function restoreAll(
  { archive, dataDir, blobFolder, deleteAgain }: RestoreOptions,
  manifest: Manifest,
  sha256: string,
): Promise<void> {
  const staging = join(restoringFolder(dataDir), 'data');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  const spool = join(restoringFolder(dataDir), 'spool');
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { mode: 0o700 });
  const places = { [DATABASE]: embeddedFolder(staging), [SPOOL]: spool, [FILES]: blobFolder };
  const folders = new Set<string>();
  const read = await readArchive(archive, async (member, bytes) => {
    const path = placeOf(member, places);
    if (path === undefined) for await (const _ of bytes);
    else if (member.isFolder) await mkdir(path, { recursive: true, mode: 0o700 });
    else {
      folders.add(dirname(path));
      await placeMember(path, member, bytes);
    }
  });
  if (read !== sha256) throw new AppError('conflict', 'The archive has changed meanwhile.');
  for (const folder of folders) if (folder.startsWith(blobFolder)) await syncPath(folder);

  await requireSameRows(staging, manifest);
  const { media, messages } = manifest.deleted;
  if (media.length + messages.length > 0) await deleteAgain(staging, manifest.deleted);
  await placeSpool(spool, join(dataDir, 'spool'), new Set(messages));
  await buildDatabase(embeddedFolder(dataDir), (unfinished) =>
    moveFolder(embeddedFolder(staging), unfinished),
  );
}

/** @returns undefined for a member that is about the archive itself */
function placeOf({ name }: Member, places: Record<string, string>): string | undefined {
  for (const [prefix, folder] of Object.entries(places)) {
    if (!name.startsWith(prefix)) continue;
    const path = name.slice(prefix.length);
    // Checked although the archive is as it was written: somebody else may have written it.
    if (path.split('/').includes('..') || path.includes('\\') || path.includes('\0')) {
      throw new AppError('invalid_request', 'The archive has a member outside its folders.');
    }
    return join(folder, path);
  }
  return undefined;
}

/** Writes a file under another name, synced, so that a file under its own name is always complete. */
async function placeMember(path: string, { size }: Member, bytes: Readable): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await requireRoom(dirname(path), size + RESERVED_BYTES);
  const partial = `${path}.partial`;
  try {
    await pipeline(bytes, createWriteStream(partial, { mode: 0o600, flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Opens the restored database once, before it is put in place. */
async function requireSameRows(staging: string, { tables }: Manifest): Promise<void> {
  const found = await inspectSnapshot(staging, join(staging, 'keys'));
  const differing = Object.keys({ ...tables, ...found.tables }).filter(
    (table) => tables[table] !== found.tables[table],
  );
  if (differing.length === 0) return;
  throw new AppError(
    'unavailable',
    `Tables were not restored completely: ${differing.join(', ')}.`,
  );
}

/** Messages whose deletion came in between are left out: nobody has deleted them in the restored database. */
async function placeSpool(source: string, target: string, deleted: Set<string>): Promise<void> {
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(source, name), 'utf8');
    if ([...deleted].some((sid) => text.includes(sid))) continue;
    const path = join(target, name);
    await makeFolder(dirname(path));
    await writeFile(`${path}.restored`, text, { mode: 0o600, flush: true });
    await rename(`${path}.restored`, path);
    await syncPath(dirname(path));
  }
}

/** By renames; by copies when the database folder is a mount point. */
async function moveFolder(source: string, target: string): Promise<void> {
  await syncTree(source);
  for (const name of await readdir(source)) {
    const [from, to] = [join(source, name), join(target, name)];
    await rename(from, to).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EXDEV') throw error;
      await cp(from, to, { recursive: true });
    });
  }
}
