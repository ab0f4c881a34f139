import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

test.each([
  ['the given exit code', 'exitProcess(3)', 3],
  ['the one that was set, without one', 'process.exitCode = 4; exitProcess()', 4],
])('a process ends with %s', async (_, statement, expected) => {
  const module = new URL('../../../src/lifecycle/exit-process.ts', import.meta.url).href;
  const script = `import { exitProcess } from ${JSON.stringify(module)};
    setInterval(() => {}, 1000);
    ${statement};`;
  const args = ['--input-type=module', '--eval', script];
  const code = await new Promise((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error?.code ?? 0));
  });
  expect(code).toBe(expected);
});
