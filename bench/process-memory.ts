import { childrenOf, readProc } from './proc.ts';

const INTERVAL_MS = 100;

/** The largest resident memory of a process and of all that it started, in bytes. Linux only. */
export interface MemoryPeaks {
  server: number;
  /** Sum over all child processes at one moment. */
  children: number;
}

/** Looks every 100 ms until it is stopped. */
export function watchMemory(pid: number): { stop(): MemoryPeaks } {
  const peaks = { server: 0, children: 0 };
  const look = () => {
    const children = childrenOf(pid).map(residentBytes);
    peaks.server = Math.max(peaks.server, residentBytes(pid));
    peaks.children = Math.max(
      peaks.children,
      children.reduce((sum, bytes) => sum + bytes, 0),
    );
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return peaks;
    },
  };
}

/** What a process has in memory now, in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

/** The most that a process ever had in memory, in bytes; 0 when it is gone. */
export function peakBytes(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

function statusBytes(pid: number, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
    readProc(`${pid}/status`),
  )?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
