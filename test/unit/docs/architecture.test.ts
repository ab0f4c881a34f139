import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error: it has no types, and is read by dependency-cruiser
import { LAYERS } from '../../../.dependency-cruiser.mjs';

const documented = [
  ...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([a-z-]+)\/` \|/gm),
].map(([, folder]) => folder);

test('docs/architecture.md lists the layers in the order that npm run boundaries checks', () => {
  expect(documented).toEqual(LAYERS);
});

test('every folder of src is a layer', () => {
  const folders = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
    .map(({ name }) => name);
  expect(folders.sort()).toEqual(documented.toSorted());
});

test('only the two entries lie outside of a folder', () => {
  const files = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  expect(files.sort()).toEqual(['cli.ts', 'main.ts']);
});
