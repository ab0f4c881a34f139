import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PREVIEW_SIZES } from '../src/preview/preview-result.ts';

// What the pipeline is measured against: a loop that fetches each picture, writes it to a file, and makes
// thumbnails of the same three sizes of it, nothing synced and nothing recorded.
//
//   bare-pipeline.ts <folder> <how many at once> <user:password>
//
// Started with IPC; each message is a list of URLs, and is answered when all are done, and again when the
// files are removed.

const [folder = '', concurrency, credentials = ''] = process.argv.slice(2);
const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };

process.on('message', async (urls: string[]) => {
  await mkdir(folder);
  const left = [...urls];
  async function work(): Promise<void> {
    for (let url = left.pop(); url !== undefined; url = left.pop()) await store(url);
  }
  await Promise.all(Array.from({ length: Number(concurrency) }, work));
  process.send?.('done');
  await rm(folder, { recursive: true });
  process.send?.('removed');
});
process.on('disconnect', () => process.exit());

async function store(url: string): Promise<void> {
  // Follows the redirect, without the credentials.
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url} was answered ${response.status}`);
  const path = join(folder, url.slice(-34));
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  for (const [name, side] of Object.entries(PREVIEW_SIZES)) {
    await sharp(path)
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toFile(`${path}-${name}.jpg`);
  }
}
