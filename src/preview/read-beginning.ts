import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';

/** The first bytes of a file, all of a shorter one. */
export function readBeginning(path: string, mostBytes: number): Promise<Buffer> {
  return buffer(createReadStream(path, { end: mostBytes - 1 }));
}
