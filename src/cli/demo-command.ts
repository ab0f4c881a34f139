import type { Command } from 'commander';
import type { DemoFlags } from './demo.ts';

/** Registers `demo`. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('try it without an account: a simulated Twilio and an inbox on this machine')
    .option('--once', 'end after one delete; exit code 0 when everything worked')
    .option('--keep', 'keep the data folder')
    .option('--verbose', 'show the log of the server')
    .action(async (flags: DemoFlags) => (await import('./demo.ts')).runDemo(flags));
}
