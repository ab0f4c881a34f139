import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type Finding, formatFinding } from '../doctor/finding.ts';
import { EXIT } from './exit-codes.ts';
import { type JsonFlag, jsonOption, printJson } from './json-option.ts';

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
    .addOption(jsonOption())
    .action(async ({ json: isJson = false }: JsonFlag) => {
      // They need the whole server.
      const { checkConfiguration } = await import('../doctor/check-configuration.ts');
      const { checksOf } = await import('../doctor/deployment-checks.ts');
      const { config, findings } = checkConfiguration(readConfig);
      const print = isJson ? () => undefined : createPrinter();
      print(findings);
      for (const check of config === null ? [] : checksOf(config)) {
        const found = await check();
        print(found);
        findings.push(...found);
      }
      const count = (state: Finding['state']) =>
        findings.filter((finding) => finding.state === state).length;
      if (isJson) printJson(findings);
      else {
        console.log(
          `${count('failed')} failed, ${count('warning')} with a warning, ${count('ok')} ok`,
        );
      }
      if (count('failed') > 0) process.exitCode = EXIT.failed;
    });
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
