import fs, { readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { vi } from 'vitest';

export interface WatchedFiles {
  /** What was written, by path. */
  written: Set<string>;
  /** What was synced, and not written to after that; files and folders. */
  synced: Set<string>;
  stop(): void;
}

/** Watches what PGlite writes, and what is synced, by it and by us. Needs /proc. */
export async function watchFiles(): Promise<WatchedFiles> {
  const written = new Set<string>();
  const synced = new Set<string>();
  const pathOf = (fd: number) => readlinkSync(`/proc/self/fd/${fd}`);
  const { writeSync, fsyncSync } = fs;
  const write = vi.spyOn(fs, 'writeSync').mockImplementation((...values: unknown[]) => {
    const path = pathOf(values[0] as number);
    written.add(path);
    synced.delete(path);
    return Reflect.apply(writeSync, fs, values);
  });
  const sync = vi.spyOn(fs, 'fsyncSync').mockImplementation((fd) => {
    fsyncSync(fd);
    synced.add(pathOf(fd));
  });
  syncBuiltinESMExports();

  const handle = await open('.');
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const { sync: syncHandle } = prototype;
  const handleSync = vi.spyOn(prototype, 'sync').mockImplementation(async function (
    this: typeof handle,
  ) {
    await syncHandle.call(this);
    synced.add(pathOf(this.fd));
  });
  return {
    written,
    synced,
    stop() {
      for (const spy of [write, sync, handleSync]) spy.mockRestore();
      syncBuiltinESMExports();
    },
  };
}
