import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
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
import { checkWebhook } from '../doctor/check-webhook.ts';
import { type Check, type Finding, formatFinding, problem } from '../doctor/finding.ts';

/**
 * Registers `doctor`: checks a deployment from its configuration to the signed webhook, and tells
 * what to mend. Exit code 1 when something failed.
 */
export function addDoctorCommand(
  program: Command,
  readConfig: () => { config: Readonly<Config>; warnings: string[] },
): void {
  program
    .command('doctor')
    .description('check this deployment, and tell how to mend what does not work')
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
      if (count('failed') > 0) process.exitCode = 1;
    });
}

function checksOf(config: Readonly<Config>): Check[] {
  const { dataDir, blobFolder, publicUrl } = config;
  const [main] = config.accountTokens;
  return [
    async () => [await checkClock(config.twilioApiBaseUrl)],
    () => checkCredentials(config),
    async () => [await checkDatabase(config)],
    async () => [await checkBlobs(blobFolder)],
    () => Promise.all([dataDir, blobFolder].map((folder) => checkDiskSpace(folder))),
    () => checkPreviews(config.toolPath),
    () => checkScan(config.scan),
    () => checkServer(config),
    () => checkReadiness(config),
    async () => {
      const reached = await checkPublicUrl(publicUrl);
      if (reached.state === 'ok') return [reached, await checkWebhook(publicUrl, main)];
      return [reached, problem('skipped', 'webhook', 'the public URL comes first', null)];
    },
  ];
}

/** Prints findings. What to do is said once, by the first of those that need the same. */
function createPrinter(): (findings: Finding[]) => void {
  const told = new Set<string>();
  return (findings) => {
    for (const finding of findings) {
      const { remedy } = finding;
      const isTold = remedy !== null && told.has(remedy);
      console.log(formatFinding(isTold ? { ...finding, remedy: null } : finding));
      if (remedy !== null) told.add(remedy);
    }
  };
}
