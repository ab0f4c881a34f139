import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isStale } from '../../../../web/build/is-stale.ts';

/** A project whose sources are a minute old, and its page half a minute. */
async function project() {
  const root = await mkdtemp(join(tmpdir(), 'mms-inbox-stale-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const built = join(root, 'dist/web');
  for (const folder of ['web/src/grid', 'src/client', 'dist/web']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  const sources = ['web/index.html', 'web/src/grid/tile.tsx', 'web/src/grid/row.tsx'];
  for (const name of [...sources, 'package-lock.json', 'src/client/api-types.d.ts']) {
    await writeFile(join(root, name), '');
    await setAge(join(root, name), 60);
  }
  for (const folder of ['web/src/grid', 'web/src', 'web']) await setAge(join(root, folder), 60);
  await writeFile(join(built, 'index.html'), '');
  await setAge(join(built, 'index.html'), 30);
  return { root, built, isStale: () => isStale(root, built) };
}

/** @param seconds before now */
function setAge(path: string, seconds: number): Promise<void> {
  const time = new Date(Date.now() - seconds * 1000);
  return utimes(path, time, time);
}

test('a page that is newer than its sources is fresh', async () => {
  expect((await project()).isStale()).toBe(false);
});

test('a page that is missing is stale', async () => {
  const { built, isStale } = await project();
  await rm(built, { recursive: true });
  expect(isStale()).toBe(true);
});

test.each([
  'web/src/grid/tile.tsx',
  'web/index.html',
  'package-lock.json',
  'src/client/api-types.d.ts',
])('a page that is older than %s is stale', async (name) => {
  const { root, isStale } = await project();
  await setAge(join(root, name), 10);
  expect(isStale()).toBe(true);
});

test('a page is stale when a source was removed', async () => {
  const { root, isStale } = await project();
  await rm(join(root, 'web/src/grid/row.tsx'));
  expect(isStale()).toBe(true);
});
