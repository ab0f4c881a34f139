import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// `npm run measure`: how large the source files that people write are, and how many have a single importer. Ends with 1
// when a file is longer than MAX_LINES.

const MAX_LINES = 250;
// All texts of the page, without logic: a translation replaces this one file.
const TEXTS = 'web/src/strings.ts';

const files = globSync(['src/**/*.ts', 'web/**/*.{ts,tsx,css}'], {
  exclude: ['src/generated/**', 'src/client/api-types.d.ts', TEXTS],
});
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const importers = new Map<string, number>();
for (const [file, text] of texts) {
  const imported = new Set(
    [...text.matchAll(/(?:from|import) '(\.[^']+)'/g)].map(([, path = '']) =>
      join(dirname(file), path),
    ),
  );
  for (const path of imported) importers.set(path, (importers.get(path) ?? 0) + 1);
}
const lines = (text: string) => text.split('\n').length - 1;
const sizes = [...texts.values()].map(lines).sort((a, b) => a - b);
console.log(`source files       ${files.length}`);
console.log(`lines, median      ${sizes[Math.floor(sizes.length / 2)]}`);
console.log(`lines, maximum     ${sizes.at(-1)}`);
console.log(`with one importer  ${files.filter((file) => importers.get(file) === 1).length}`);
for (const [file, text] of texts) {
  if (lines(text) <= MAX_LINES) continue;
  console.log(`${file} has ${lines(text)} lines, more than ${MAX_LINES}`);
  process.exitCode = 1;
}
