import { spawnSync } from 'node:child_process';

/** Debian puts servers into /usr/sbin, which is not on the PATH of users. */
export const PROGRAM_PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Whether a program can be run; tests that need another one skip. */
export function hasProgram(name: string, ...args: string[]): boolean {
  const { status } = spawnSync(name, args, { env: { PATH: PROGRAM_PATH } });
  return status === 0;
}
