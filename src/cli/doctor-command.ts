import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { checkBucket } from '../doctor/check-bucket.ts';
import { checkClock } from '../doctor/check-clock.ts';
import { checkConfiguration } from '../doctor/check-configuration.ts';
import { checkCredentials } from '../doctor/check-credentials.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkBlobs, checkDiskSpace } from '../doctor/check-folders.ts';
import { checkPreviews } from '../doctor/check-previews.ts';
import { checkPublicUrl } from '../doctor/check-public-url.ts';
import { checkReadiness } from '../doctor/check-readiness.ts';
import { checkScan } from '../doctor/check-scan.ts';
import { checkServer } from '../doctor/check-server.ts';
import { checkSpool } from '../doctor/check-spool.ts';
import { checkStandby } from '../doctor/check-standby.ts';
import { checkTranscription } from '../doctor/check-transcription.ts';
import { checkWebhook } from '../doctor/check-webhook.ts';
import { type Check, type Finding, formatFinding, problem } from '../doctor/finding.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Registers `doctor`: checks a deployment from its configuration to the signed webhook, and prints
 * how to fix each problem. Exit code 1 when a check failed.
 */
export function addDoctorCommand(
  program: Command,
  readConfig: () => { config: Readonly<Config>; warnings: string[] },
): void {
  program
    .command('doctor')
    .description('check this deployment, and print how to fix each problem')
    .action(async () => {
      const { config, findings } = checkConfiguration(readConfig);
      const print = createPrinter();
      print(findings);
      for (const check of config === null ? [] : checksOf(config)) {
        const found = await check();
        print(found);
        findings.push(...found);
      }
      const count = (state: Finding['state']) =>
        findings.filter((finding) => finding.state === state).length;
      console.log(
        `${count('failed')} failed, ${count('warning')} with a warning, ${count('ok')} ok`,
      );
      if (count('failed') > 0) process.exitCode = EXIT.failed;
    });
}

function checksOf(config: Readonly<Config>): Check[] {
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

/** Prints findings. A remedy that several findings share is printed once, with the first of them. */
function createPrinter(): (findings: Finding[]) => void {
  const printed = new Set<string>();
  return (findings) => {
    for (const finding of findings) {
      const { remedy } = finding;
      const isPrinted = remedy !== null && printed.has(remedy);
      console.log(formatFinding(isPrinted ? { ...finding, remedy: null } : finding));
      if (remedy !== null) printed.add(remedy);
    }
  };
}
