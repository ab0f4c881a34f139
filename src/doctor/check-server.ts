import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { blobFolderOf } from '../files/file-names.ts';
import { keyStartOf, type S3Location } from '../files/s3/s3-location.ts';
import { localUrl } from '../net/host-port.ts';
import { ask, type Finding, ok, problem } from './finding.ts';

const KEY = 'API key of the running server';
const FILES = 'files of the running server';

type Needed = Pick<Config, 'host' | 'port' | 'adminApiKey' | 'blobFolder' | 's3' | 'formerS3'>;

const newest = z.object({ items: z.array(z.object({ sha256: z.string() })) });

/**
 * Whether the running server has the `ADMIN_API_KEY` and the blob folder of this configuration. Skipped
 * without the key, because the server cannot be queried then.
 */
export async function checkServer(config: Needed): Promise<Finding[]> {
  const { adminApiKey } = config;
  if (adminApiKey === undefined) return [];
  const url = localUrl(config);
  const answer = await ask(`${url}/api/v1/media?state=stored&limit=1`, {
    headers: { authorization: `Bearer ${adminApiKey}` },
  });
  // `checkDatabase` reports a server that holds the embedded database and does not answer.
  if (answer.problem !== null) return [problem('skipped', KEY, answer.problem, null)];
  if (answer.json.code === 'unauthorized') {
    const remedy =
      'Set ADMIN_API_KEY as for that server, or restart it after a change: commands work through it.';
    return [problem('failed', KEY, `${url} does not accept ADMIN_API_KEY`, remedy)];
  }
  const parsed = newest.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) {
    return [problem('skipped', KEY, `${url} answers ${answer.status}`, null)];
  }
  const accepted = ok(KEY, `${url} accepts ADMIN_API_KEY`);
  const [media] = parsed.data.items;
  if (media === undefined) return [accepted, ok(FILES, 'none yet')];
  return [accepted, await checkFile(config, media.sha256)];
}

/** Whether the newest file of the server is in a store of this configuration. */
async function checkFile({ blobFolder, s3, formerS3 }: Needed, sha256: string): Promise<Finding> {
  const buckets = s3 === undefined ? formerS3 : [s3, ...formerS3];
  const found = (await findInBuckets(buckets, sha256)) ?? (await findInFolder(blobFolder, sha256));
  if (found !== null) return ok(FILES, `the newest is in ${found}`);
  const remedy =
    'Set BLOB_STORE_URL and DATA_DIR as for that server, or restart it after a change.';
  const places = [...buckets.map(keyStartOf), blobFolder].join(', ');
  return problem('failed', FILES, `the newest is not in ${places}`, remedy);
}

async function findInFolder(blobFolder: string, sha256: string): Promise<string | null> {
  const folder = join(blobFolder, blobFolderOf(sha256));
  // Files of older versions are one folder further down.
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.some((name) => basename(name).startsWith(sha256)) ? blobFolder : null;
}

async function findInBuckets(
  buckets: readonly S3Location[],
  sha256: string,
): Promise<string | null> {
  for (const location of buckets) {
    const { hasKeyWith } = await import('../files/s3/inspect-bucket.ts');
    const start = `${blobFolderOf(sha256)}/${sha256}`;
    if (await hasKeyWith(location, start).catch(() => false)) return keyStartOf(location);
  }
  return null;
}
