import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../../../src/lifecycle/project-files.ts';

/** What the build needs of the project, in a folder of its own. */
async function copyProject() {
  const place = await mkdtemp(join(tmpdir(), 'mms-inbox-build-command-'));
  onTestFinished(() => rm(place, { recursive: true }));
  for (const name of [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'web',
    'src/lifecycle',
    'src/client',
  ]) {
    await cp(join(ROOT, name), join(place, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  const build = (...args: string[]) =>
    spawnSync(process.execPath, ['web/build/build.ts', ...args], { cwd: place, encoding: 'utf8' });
  return { place, build };
}

test('a start builds a page that is missing, once, and leaves stdout to the log', async () => {
  const { place, build } = await copyProject();
  expect(build('--if-stale')).toMatchObject({
    status: 0,
    stdout: '',
    stderr: 'Building the page (web/)…\n',
  });
  expect(existsSync(join(place, 'dist/web/index.html'))).toBe(true);
  expect(build('--if-stale')).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test('a page that cannot be built prevents no start, but `npm run build` fails', async () => {
  const { place, build } = await copyProject();
  await writeFile(join(place, 'dist'), 'not a folder');
  expect(build('--if-stale')).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringMatching(/could not be built: E\w+.*\nEverything else works without it/s),
  });
  expect(build()).toMatchObject({ status: 1, stdout: '' });
});

test('where there are no sources, as in an image, a start builds nothing', async () => {
  const { place, build } = await copyProject();
  await rm(join(place, 'web/index.html'));
  expect(build('--if-stale')).toMatchObject({ status: 0, stdout: '', stderr: '' });
});
