import { readdirSync, readFileSync } from 'node:fs';

/** A file of Linux' `/proc`; empty for a process that is gone. */
export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** The names in a folder of `/proc`; none for a process that is gone. */
export function listProc(path: string): string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    return [];
  }
}

/** The ids of the processes that a process has started and that are not gone. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => Number(/^PPid:\s+(\d+)$/m.exec(readProc(`${other}/status`))?.[1]) === pid);
}

/** The ids of all processes below a process. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
