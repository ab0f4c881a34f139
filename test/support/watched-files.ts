import fs, { readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { vi } from 'vitest';

export interface WatchedFiles {
  /** Written files, by path. */
  written: Set<string>;
  /** Files and folders that were synced, and not written to after that. */
  synced: Set<string>;
  stop(): void;
}

/** Records what PGlite writes, and what PGlite and this project sync. Needs /proc. */
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
