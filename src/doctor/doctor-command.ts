import type { Command } from 'commander';
import type { Config } from './config.ts';
import { createPreviewPool } from './media/preview/preview-pool.ts';

/** Registers `doctor`: what does not work on this machine, and how to mend it. */
export function addDoctorCommand(program: Command, readConfig: () => Readonly<Config>): void {
  program
    .command('doctor')
    .description('tell what cannot be done on this machine, and how to mend it')
    .action(() => checkPreviews(readConfig()));
}

async function checkPreviews({ toolPath }: Readonly<Config>): Promise<void> {
  const pool = createPreviewPool({ concurrency: 1, toolPath });
  try {
    const { kinds, isOffline } = await pool.capabilities();
    console.log('Previews');
    for (const { name, missing } of kinds) {
      if (missing === null) console.log(`  ok       ${name}`);
      else console.log(`  missing  ${name}: ${missing.problem}. Mend it: ${missing.remedy}`);
    }
    console.log(
      isOffline
        ? '  ok       decoders are cut off from every network'
        : '  missing  decoders keep the network: this system lets no process give it up. Mend it: ' +
            'install util-linux (unshare), and allow user namespaces',
    );
    if (kinds.some(({ missing }) => missing !== null)) {
      console.log('Afterwards: npm run cli -- previews rebuild --failed');
    }
  } finally {
    pool.close();
  }
}
