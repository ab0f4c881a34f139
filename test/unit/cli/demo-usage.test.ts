import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const demo = (flag: string) => promisify(execFile)(process.execPath, ['src/cli/demo.ts', flag]);

test.each(['--help', '-h'])('%s shows the usage, and is no mistake', async (flag) => {
  const { stdout, stderr } = await demo(flag);
  expect(stdout).toMatch(/^Usage: npm run demo -- .*--once.*--keep.*--verbose/s);
  expect(stderr).toBe('');
});

test('a flag that there is not is named, with the usage', async () => {
  await expect(demo('--twice')).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/--twice.*Usage: /s),
  });
});
