import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Before the first release, the commit that stands for it is the one before this migration was added. Unused once there
 * is a tag like `v1.0.0`.
 */
const FIRST_NEW_MIGRATION = '20261130190635_worker_processes';
const LAST_OLD_MIGRATION = '20261130152047_deletion_target_counts';

/** The source of the version before this one. */
export interface PreviousVersion {
  /** Where `src/main.ts` of it can be run. */
  folder: string;
  remove(): Promise<void>;
}

/** The newest release before this commit; undefined where the history does not have it, as in a shallow clone. */
export function previousVersion(): Promise<string | undefined> {
  return newestRelease()
    .catch(beforeReleases)
    .catch(() => undefined);
}

/** Unpacks a tag or a commit from the history, on the packages that are installed here. */
export async function unpackVersion(name: string): Promise<PreviousVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-previous-'));
  const tarFile = join(folder, 'source.tar');
  await git('archive', '--output', tarFile, name, '.');
  await run('tar', ['-C', folder, '-xf', tarFile]);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: folder });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The newest tag of a version in the history before HEAD. */
function newestRelease(): Promise<string> {
  return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^');
}

async function beforeReleases(): Promise<string> {
  const ofMigration = (name: string) => `prisma/migrations/${name}`;
  const [path, before] = [FIRST_NEW_MIGRATION, LAST_OLD_MIGRATION].map(ofMigration);
  const added = await git('log', '--diff-filter=A', '--format=%H', '-1', '--', String(path));
  const name = await git('rev-parse', '--verify', `${added}^`);
  await git('cat-file', '-e', `${name}:${before}`);
  return name;
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: ROOT })).stdout.trim();
}
