import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Before the first release: the commit that stands for it. Unused once there is a tag like `v1.0.0`. */
const BEFORE_RELEASES = 'c88b1a6e67959cdc9ca80910ec07418726610d6f';

/** The source of the version before this one. */
export interface PreviousVersion {
  /** Its tag, or its commit. */
  name: string;
  /** Where `src/main.ts` of it can be run. */
  folder: string;
  remove(): Promise<void>;
}

/** Whether this folder has its history: a shallow clone and an unpacked archive have none. */
export async function hasHistory(): Promise<boolean> {
  const answer = run('git', ['rev-parse', '--is-shallow-repository'], { cwd: ROOT });
  return (await answer.catch(() => undefined))?.stdout.trim() === 'false';
}

/**
 * Unpacks the newest release before this commit from the history, on the packages that are installed here.
 *
 * @throws Error when the history does not have it
 */
export async function unpackPreviousVersion(): Promise<PreviousVersion> {
  const name = await newestRelease().catch(() => BEFORE_RELEASES);
  await run('git', ['cat-file', '-e', `${name}^{commit}`], { cwd: ROOT }).catch((cause) => {
    throw new Error(
      `The version before this one (${name}) is not in this clone: run git fetch --tags`,
      { cause },
    );
  });
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-previous-'));
  const tarFile = join(folder, 'source.tar');
  await run('git', ['archive', '--output', tarFile, name, '.'], { cwd: ROOT });
  await run('tar', ['-C', folder, '-xf', tarFile]);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: folder });
  return { name, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The newest tag of a version in the history before HEAD. */
async function newestRelease(): Promise<string> {
  const args = ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^'];
  return (await run('git', args, { cwd: ROOT })).stdout.trim();
}
