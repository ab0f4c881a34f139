import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readPageFiles } from '../../../../src/page/page-files.ts';
import { buildPage } from '../../../../web/build/build-page.ts';

let place: string;
let web: string;
let built: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'mms-inbox-build-'));
  onTestFinished(() => rm(place, { recursive: true }));
  web = join(place, 'web');
  built = join(place, 'dist/web');
  await mkdir(web);
  await writeSource('document.title = "first";');
  await writeFile(join(web, 'index.html'), '<script type="module" src="./main.ts"></script>');
});

const writeSource = (text: string) => writeFile(join(web, 'main.ts'), text);

/** All scripts of the built page, as one text. */
async function scripts(): Promise<string> {
  const { assets } = (await readPageFiles(built)) ?? {};
  return [...(assets?.values() ?? [])].map(({ forms }) => forms.identity.toString()).join('');
}

test('a build replaces the page before, and is as old as its beginning', async () => {
  await buildPage(web, built);
  await writeSource('document.title = "second";');
  const began = Date.now();
  await buildPage(web, built);
  expect(await scripts()).toMatch(/second/);
  expect(await scripts()).not.toMatch(/first/);
  const { mtimeMs } = await stat(join(built, 'index.html'));
  expect(Math.abs(mtimeMs - began)).toBeLessThan(5);
  expect(await readdir(join(place, 'dist'))).toEqual(['web']);
});

test('a build that fails leaves the page before', async () => {
  await buildPage(web, built);
  const before = await readFile(join(built, 'index.html'), 'utf8');
  await writeSource('import "./missing.ts";');
  await expect(buildPage(web, built)).rejects.toThrow(/missing/);
  expect(await readFile(join(built, 'index.html'), 'utf8')).toBe(before);
  expect(await scripts()).toMatch(/first/);
  expect(await readdir(join(place, 'dist'))).toEqual(['web']);
});

test('builds at once all end, and one of them is the page', async () => {
  await Promise.all(Array.from({ length: 5 }, () => buildPage(web, built)));
  expect(await scripts()).toMatch(/first/);
  expect(await readdir(join(place, 'dist'))).toEqual(['web']);
});
