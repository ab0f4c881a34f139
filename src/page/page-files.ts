import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { codeOf } from '../errors/caught.ts';

/** In the order in which they are preferred, and the ends of the names of compressed files. */
export const ENCODINGS = { br: '.br', gzip: '.gz', identity: '' } as const;
export type Encoding = keyof typeof ENCODINGS;

/** A file of the page, as it is and as the build has compressed it. */
export interface PageFile {
  /** Such as `.js`. */
  extension: string;
  /** Of the file as it is, without quotes. */
  etag: string;
  forms: { identity: Buffer } & Partial<Record<Encoding, Buffer>>;
}

/** The page and its files, by their names in `assets/`. */
export interface PageFiles {
  html: PageFile;
  assets: ReadonlyMap<string, PageFile>;
}

/**
 * Reads the whole page, some 100 kB, so that a server shows one release as long as it runs: a build meanwhile replaces the
 * files, and the scripts of pages that are open have other names then.
 *
 * @param folder of the built page
 * @returns undefined when there is none
 * @throws Error of the file system
 */
export async function readPageFiles(folder: string): Promise<PageFiles | undefined> {
  try {
    const html = await readPageFile(folder, ['index.html'], 'index.html');
    const names = await readdir(join(folder, 'assets'));
    const assets = new Map<string, PageFile>();
    for (const name of names) {
      if (!/\.(br|gz)$/.test(name)) {
        assets.set(name, await readPageFile(join(folder, 'assets'), names, name));
      }
    }
    return { html, assets };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param names of all files of the folder */
async function readPageFile(
  folder: string,
  names: readonly string[],
  name: string,
): Promise<PageFile> {
  const identity = await readFile(join(folder, name));
  const forms: PageFile['forms'] = { identity };
  for (const encoding of ['br', 'gzip'] as const) {
    const compressed = name + ENCODINGS[encoding];
    if (names.includes(compressed)) forms[encoding] = await readFile(join(folder, compressed));
  }
  const etag = createHash('sha256').update(identity).digest('base64url');
  return { extension: extname(name), etag, forms };
}
