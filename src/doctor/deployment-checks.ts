import type { Config } from '../config/config.ts';
import { checkBucket } from './check-bucket.ts';
import { checkClock } from './check-clock.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkDatabase } from './check-database.ts';
import { checkBlobs, checkDiskSpace } from './check-folders.ts';
import { checkPreviews } from './check-previews.ts';
import { checkPublicUrl } from './check-public-url.ts';
import { checkReadiness } from './check-readiness.ts';
import { checkScan } from './check-scan.ts';
import { checkServer } from './check-server.ts';
import { checkSpool } from './check-spool.ts';
import { checkStandby } from './check-standby.ts';
import { checkTranscription } from './check-transcription.ts';
import { checkWebhook } from './check-webhook.ts';
import { type Check, problem } from './finding.ts';

/** All checks of a deployment whose configuration is valid, in the order in which they depend on each other. */
export function checksOf(config: Readonly<Config>): Check[] {
  const { dataDir, blobFolder, s3, publicUrl } = config;
  const [main] = config.accountTokens;
  return [
    async () => [await checkClock(config.twilioApiBaseUrl)],
    () => checkCredentials(config),
    async () => [await checkDatabase(config)],
    () => checkStandby(config),
    async () => (s3 === undefined ? [await checkBlobs(blobFolder)] : checkBucket(s3)),
    () => Promise.all([dataDir, blobFolder].map((folder) => checkDiskSpace(folder))),
    async () => [await checkSpool(dataDir)],
    () => checkPreviews(config.toolPath),
    () => checkScan(config),
    () => checkTranscription(config.transcribe),
    () => checkServer(config),
    () => checkReadiness(config),
    async () => {
      const reached = await checkPublicUrl(publicUrl);
      if (reached.state === 'ok') return [reached, await checkWebhook(publicUrl, main)];
      return [reached, problem('skipped', 'webhook', 'the public URL has to work first', null)];
    },
  ];
}
