import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** One WebP of 320 pixels of each file, beside it. */
export async function throughVipsthumbnail(paths: string[], concurrency: number): Promise<void> {
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      await promisify(execFile)('vipsthumbnail', [path, '-s', '320', '-o', '%s-320.webp'], {
        env: { PATH: process.env.PATH, VIPS_CONCURRENCY: '1' },
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export async function hasVipsthumbnail(): Promise<boolean> {
  try {
    await promisify(execFile)('vipsthumbnail', ['--version']);
    return true;
  } catch {
    return false;
  }
}
