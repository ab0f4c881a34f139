import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/database-templates.ts'],
    pool: 'forks',
    isolate: false,
    // Each file starts a database and a server of its own; the machine has two cores at least.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
