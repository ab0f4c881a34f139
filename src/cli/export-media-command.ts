import { json } from 'node:stream/consumers';
import type { Command } from 'commander';
import yauzl from 'yauzl';
import { z } from 'zod';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { AppError } from '../errors/app-error.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import { saveBody, writeNew } from './save-archive.ts';
import type { WithApi } from './with-api.ts';

type Export = components['schemas']['Export'];

/** Of `manifest.json`, the first file of the zip. */
const manifest = z.object({ media: z.array(z.unknown()), omitted: z.array(z.unknown()) });

interface Flags {
  out: string;
  reveal?: boolean;
  reason?: string;
  from?: string;
  to?: string;
  receivedAfter?: string;
  receivedBefore?: string;
  contentType?: string;
}

/** Registers `export-media`. */
export function addExportMediaCommand(program: Command, withApi: WithApi): void {
  program
    .command('export-media')
    .description('write attachments into a zip: the files and a manifest')
    .argument('[sids...]', 'these attachments; without any, all that match the options')
    .requiredOption('--out <file>', 'the zip file to create; it must not exist yet')
    .option('--from <address>', 'of this sender: +15551234567')
    .option('--to <address>', 'to this number')
    .option('--received-after <time>', 'at or after: 2026-11-01 or 2026-11-01T10:00:00Z')
    .option('--received-before <time>', 'before this time')
    .option('--content-type <type>', 'a content type, or its beginning: image/')
    .option('--reveal', 'also those that are held back; requires --reason')
    .option('--reason <text>', 'why, for the audit log')
    .action((sids: string[], { out, reveal = false, reason, ...filter }: Flags) =>
      withApi({ worker: true }, async (api) => {
        if (sids.length > 0 && Object.keys(filter).length > 0) {
          throw new AppError('invalid_request', 'Name attachments, or use options, not both.');
        }
        const selection = sids.length > 0 ? { sids } : { filter };
        const why = reason === undefined ? {} : { reason };
        await writeNew(out, async (target, signal) => {
          const begun = bodyOf(
            await api.POST('/api/v1/exports', { body: { reveal, ...why, ...selection } }),
          );
          const params = { path: { id: begun.id } };
          try {
            const made = await follow(api, begun);
            if (made.state !== 'ready') {
              throw new AppError('unavailable', `The export is ${made.state}.`);
            }
            const { response } = await api.GET('/api/v1/exports/{id}/archive', {
              params,
              parseAs: 'stream',
              signal,
            });
            const total = Number(response.headers.get('content-length'));
            await saveBody(response, target, { total, signal });
          } finally {
            await api.DELETE('/api/v1/exports/{id}', { params });
          }
        });
        const { media, omitted } = await readManifest(out);
        const total = media.length + omitted.length;
        console.log(`Written: ${out}. Attachments: ${total}. Left out: ${omitted.length}.`);
      }),
    );
}

/** What is in the zip that was written: since the check more may have been left out. */
async function readManifest(path: string) {
  const zip = await yauzl.openPromise(path);
  try {
    const { value: first } = await zip.eachEntry().next();
    return manifest.parse(await json(await zip.openReadStreamPromise(first)));
  } finally {
    zip.close();
  }
}

/** Shows a progress bar until the files are checked, or until Ctrl-C. */
async function follow(api: ApiClient, begun: Export): Promise<Export> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} attachments checked');
  let item = begun;
  bar.start(Math.max(1, item.total), 0);
  await followProgress(bar, async () => {
    const params = { path: { id: begun.id } };
    item = bodyOf(await api.GET('/api/v1/exports/{id}', { params }));
    bar.update(item.done);
    return item.state === 'waiting' || item.state === 'running';
  });
  return item;
}
