import { join } from 'node:path';
import sharp from 'sharp';
import { makeImagePreview } from './image-preview.ts';
import type { PreviewResult } from './preview-sizes.ts';

// Entry of the child process that decodes strangers' bytes; it speaks to preview-pool.ts.

/** `path`: the bytes. `scratchFolder`: where the previews are written, and nowhere else. */
export interface PreviewRequest {
  path: string;
  scratchFolder: string;
}

// One picture at a time and one thread for it: the pool has a process per core already. libvips'
// cache would keep strangers' pixels for nobody, as no picture is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

process.on('message', (request: PreviewRequest) => {
  makeImagePreview(request.path, (size) => join(request.scratchFolder, size))
    .catch(undecodable)
    .then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());

// sharp's messages can name the path of the file.
function undecodable(error: Error): PreviewResult {
  const words = /pixel limit/i.test(error.message)
    ? 'The picture has more pixels than are decoded'
    : 'The picture cannot be decoded: its bytes are damaged or cut short';
  return { kind: 'none', reason: words };
}
