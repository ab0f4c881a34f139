import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { DownloadError } from '../../src/media/download/download-error.ts';
import {
  createMediaDownloader,
  type DownloadRequest,
  type MediaDownloaderConfig,
} from '../../src/media/download/download-media.ts';
import type { Resolve } from '../../src/net/guarded-connector.ts';
import { accountSid, mediaPath, mediaSid, messageSid } from './sample-media.ts';

export const password = 'a-token-nobody-may-see';

/** A downloader, and an empty folder in which it writes the file `media`. */
export async function downloadFolder(
  config: Partial<MediaDownloaderConfig> & { apiBaseUrl: string },
  resolve?: Resolve,
) {
  const folder = await mkdtemp(join(tmpdir(), 'download-'));
  const toPath = join(folder, 'media');
  const downloader = createMediaDownloader(
    {
      redirectHosts: [],
      maxBytes: 1024 * 1024,
      askTwilio: (username, ask) =>
        ask(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`),
      ...config,
    },
    resolve,
  );
  onTestFinished(async () => {
    await downloader.close();
    await rm(folder, { recursive: true });
  });

  const download = (changes: Partial<DownloadRequest> = {}) =>
    downloader.download({
      url: `https://api.twilio.com${mediaPath}`,
      accountSid,
      messageSid,
      mediaSid,
      toPath,
      admit: async () => undefined,
      ...changes,
    });

  /** Downloads, and expects a failure that leaves no file and reveals no secret. */
  async function failure(changes: Partial<DownloadRequest> = {}): Promise<DownloadError> {
    const error = await download(changes).then(
      () => new Error('the download succeeded'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof DownloadError)) throw error;
    expect(await readdir(folder)).toEqual([]);
    for (const secret of [password, accountSid, folder, 'sig=', '/2010-04-01']) {
      expect(error.message).not.toContain(secret);
    }
    return error;
  }

  return { folder, toPath, downloader, download, failure };
}
