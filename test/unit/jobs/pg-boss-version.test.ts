import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('the version of pg-boss is exact, because SQL of ours names its private tables', async () => {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  expect(dependencies['pg-boss']).toMatch(/^\d+\.\d+\.\d+$/);
});
