import { randomBytes, randomInt } from 'node:crypto';
import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { KEY_FOLDERS } from '../file-names.ts';
import { keyStartOf, type S3Location } from './s3-location.ts';
import { notS3 } from './s3-problem.ts';

// Of up to 1,000 keys. What is behind them is listed by the next call.
const PAGES_PER_CALL = 100;

type Call = <T>(request: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

/** Lists the keys of a store, a bounded part with each call, again and again from the beginning. */
export function createListing(client: S3Client, location: S3Location, call: Call) {
  const { bucket: Bucket, prefix } = location;
  const keyStart = keyStartOf(location);
  // Somewhere, so that processes that are often started again reach all of a large bucket.
  let place = { folder: randomInt(KEY_FOLDERS.length), after: randomBytes(1).toString('hex') };

  async function send(
    input: Omit<ListObjectsV2CommandInput, 'Bucket'>,
    abortSignal: AbortSignal,
  ): Promise<ListObjectsV2CommandOutput> {
    const page = await client.send(new ListObjectsV2Command({ Bucket, ...input }), { abortSignal });
    // A web page that is read as a list has no entries, and nothing else either.
    if (page.IsTruncated === undefined) throw notS3(page.$metadata.httpStatusCode);
    return page;
  }

  async function listPage() {
    const folder = `${prefix}${KEY_FOLDERS[place.folder]}/`;
    const after = place.after === '' ? {} : { StartAfter: folder + place.after };
    const page = await call((signal) => send({ Prefix: folder, ...after }, signal));
    const names = (page.Contents ?? []).flatMap(({ Key }) => Key?.slice(folder.length) ?? []);
    return { names, isLast: page.IsTruncated !== true };
  }

  async function* list(): AsyncGenerator<string> {
    const begin = place;
    let folders = 0;
    for (let pages = 0; pages < PAGES_PER_CALL; pages += 1) {
      const { folder } = place;
      const { names, isLast } = await listPage();
      // Back where it began: what follows was listed already.
      const isRound = folders === KEY_FOLDERS.length;
      const isNew = (name: string) => !isRound || name <= begin.after;
      for (const name of names) {
        if (isNew(name)) yield `${keyStart}${KEY_FOLDERS[folder]}/${name}`;
      }
      const last = names.at(-1) ?? '';
      if (isRound && (isLast || !isNew(last))) return;
      if (isLast) folders += 1;
      place = isLast
        ? { folder: (folder + 1) % KEY_FOLDERS.length, after: '' }
        : { folder, after: last };
    }
  }

  return {
    list,
    async ping(abortSignal: AbortSignal): Promise<void> {
      await send({ Prefix: `${prefix}${KEY_FOLDERS[0]}/`, MaxKeys: 1 }, abortSignal);
    },
  };
}
