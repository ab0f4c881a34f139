import { readdir, readFile } from 'node:fs/promises';
import { mutate } from '../support/mutate-file.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url);
// What makes and describes them is none.
const IS_SOURCE = /^README\.md$|^make/;

/** A damaged copy of a fixture: made again from its name and its seed. */
export interface MutatedFile {
  name: string;
  seed: number;
  bytes: Buffer;
}

/** @returns the file for a seed: neighbouring seeds take neighbouring fixtures */
export async function createMutator(): Promise<(seed: number) => MutatedFile> {
  const names = (await readdir(FIXTURES)).filter((name) => !IS_SOURCE.test(name)).sort();
  const fixtures = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(new URL(name, FIXTURES)) })),
  );
  return (seed) => {
    const fixture = fixtures[seed % fixtures.length];
    if (fixture === undefined) throw new Error('There are no fixtures');
    const bytes = mutate(fixture.bytes, seed);
    // An import of no bytes is refused, and that is no matter of previews.
    return { name: fixture.name, seed, bytes: bytes.length > 0 ? bytes : Buffer.from('\0') };
  };
}
