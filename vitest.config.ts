import { defineConfig } from 'vitest/config';
import { V8_FLAGS } from './src/server/v8-settings.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/database-templates.ts', 'test/support/built-page.ts'],
    pool: 'forks',
    isolate: false,
    execArgv: V8_FLAGS,
    // Each file starts a database and a server of its own. The machine has two cores at least, and many
    // tests wait: for retries, time-outs and slow readers.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
