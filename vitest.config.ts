import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/database-templates.ts'],
    pool: 'forks',
    isolate: false,
    // As src/v8-settings.ts sets it, for the same reasons.
    execArgv: ['--semi-space-growth-factor=1', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'],
    // Each file starts a database and a server of its own. The machine has two cores at least, and many
    // tests wait: for retries, time-outs and slow readers.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
