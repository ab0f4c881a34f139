import { join } from 'node:path';
import sharp from 'sharp';
import { type DecodedPicture, decodePicture, writePreviews } from './image-preview.ts';
import type { PreviewResult } from './preview-sizes.ts';

// Entry of the child process that decodes strangers' bytes; it speaks to preview-pool.ts.

/** `path`: the bytes. `scratchFolder`: where the previews are written, and nowhere else. */
export interface PreviewRequest {
  path: string;
  scratchFolder: string;
}

/** What came of it; `failure` where the bytes are not to blame. */
export type PreviewAnswer = { result: PreviewResult } | { failure: string };

// One picture at a time and one thread for it: the pool has a process per core already. libvips'
// cache would keep strangers' pixels for nobody, as no picture is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

// A signal to the whole group (Ctrl-C, systemd) is the parent's business: it ends this process when
// no picture needs it any more.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', async ({ path, scratchFolder }: PreviewRequest) => {
  process.send?.(await answer(path, scratchFolder));
});

async function answer(path: string, scratchFolder: string): Promise<PreviewAnswer> {
  let picture: DecodedPicture;
  try {
    const decoded = await decodePicture(path);
    if ('reason' in decoded) return { result: { kind: 'none', reason: decoded.reason } };
    picture = decoded;
  } catch (error) {
    return { result: undecodable(error as Error) };
  }
  // From here on the bytes are not to blame.
  try {
    return { result: await writePreviews(picture, (size) => join(scratchFolder, size)) };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

// sharp's messages can name the path of the file.
function undecodable(error: Error): PreviewResult {
  const words = /pixel limit/i.test(error.message)
    ? 'The picture has more pixels than are decoded'
    : 'The picture cannot be decoded: its bytes are damaged or cut short';
  return { kind: 'none', reason: words };
}
