import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { blobFolderOf } from '../files/file-names.ts';
import { localUrl } from '../net/host-port.ts';
import { ask, type Finding, ok, problem } from './finding.ts';

const KEY = 'API key of the running server';
const FILES = 'files of the running server';

type Needed = Pick<Config, 'host' | 'port' | 'adminApiKey' | 'blobFolder'>;

const newest = z.object({ items: z.array(z.object({ sha256: z.string() })) });

/**
 * Whether the running server has the `ADMIN_API_KEY` and the blob folder of this configuration. Skipped
 * without the key, because the server cannot be queried then.
 */
export async function checkServer(config: Needed): Promise<Finding[]> {
  const { adminApiKey, blobFolder } = config;
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
  return [accepted, await checkFile(blobFolder, media.sha256)];
}

/** Whether the newest file of the server is in the blob folder of this configuration. */
async function checkFile(blobFolder: string, sha256: string): Promise<Finding> {
  const folder = join(blobFolder, blobFolderOf(sha256));
  // Files of older versions are one folder further down.
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  if (names.some((name) => basename(name).startsWith(sha256))) {
    return ok(FILES, `the newest is in ${blobFolder}`);
  }
  const remedy =
    'Set BLOB_STORE_URL and DATA_DIR as for that server, or restart it after a change.';
  return problem('failed', FILES, `the newest is not in ${blobFolder}`, remedy);
}
