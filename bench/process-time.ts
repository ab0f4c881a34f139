import { childrenOf, listProc, readProc } from './proc.ts';

// Of a second: what Linux counts processor time in, wherever Node runs [proc(5)].
const TICKS = 100;

/**
 * Processor seconds, user and system, that the processes below this one have used until now. Linux
 * only.
 */
export function secondsBelow(pid: number): number {
  return childrenOf(pid).reduce(
    (sum, child) => sum + times(child).own + secondsBelow(child),
    times(pid).ofChildrenThatEnded,
  );
}

/** The same of a process and its threads, those that ended included; 0 when it is gone. */
export function secondsOf(pid: number): number {
  return times(pid).own;
}

/** The same of the threads of a process that run now, by name: Linux keeps 15 characters of it. */
export function secondsByThread(pid: number): { name: string; isMain: boolean; seconds: number }[] {
  return listProc(`${pid}/task`).map((thread) => ({
    name: readProc(`${pid}/task/${thread}/comm`).trim(),
    isMain: Number(thread) === pid,
    seconds: times(`${pid}/task/${thread}`).own,
  }));
}

/** Fields 14 to 17 of `stat`; the second is a name in brackets, which may have blanks. */
function times(pid: number | string): { own: number; ofChildrenThatEnded: number } {
  const stat = readProc(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) / TICKS, ofChildrenThatEnded: (childUser + childSystem) / TICKS };
}
