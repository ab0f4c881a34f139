import { globSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/config.ts';
import { VARIABLE_NAMES } from '../../../src/config/variables.ts';
import { ROOT } from '../../../src/lifecycle/project-files.ts';

const read = (path: string) =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
const envExample = read('.env.example');
const readme = read('README.md');

test('.env.example has every variable once, and no other', () => {
  const named = [...envExample.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(VARIABLE_NAMES.toSorted());
});

test('the defaults shown in .env.example are those of the code', () => {
  const required = {
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: '0'.repeat(32),
  };
  const uncommented = envExample.replaceAll(/^# (?=[A-Z][A-Z0-9_]*=)/gm, '');
  const shown = loadConfig({ ...parseEnv(uncommented), ...required });
  expect(shown).toEqual(loadConfig(required));
});

test('.env.example as it is makes the start say what is missing', () => {
  const problems = () => {
    try {
      loadConfig({ ...parseEnv(envExample) });
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };
  expect(problems()).toEqual([
    'TWILIO_ACCOUNT_SID is not set: it is required',
    'TWILIO_AUTH_TOKEN is not set: it is required',
  ]);
});

test("README's table has every variable once, and no other", () => {
  const [, section = ''] = readme.split(/^## Configuration$/m);
  const [table = ''] = section.split(/^## /m);
  const firstCells = [...table.matchAll(/^\|([^|]*)\|/gm)].map(([, cell]) => cell ?? '');
  const named = firstCells.flatMap((cell) =>
    [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual(VARIABLE_NAMES.toSorted());
});

test('every npm script that README and docs name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const known = new Set(Object.keys(scripts));
  for (const path of [
    'README.md',
    ...globSync('docs/operations/*.md', { cwd: ROOT }),
    'docs/moderation.md',
    'docs/moderation-api.md',
    'docs/api.md',
    '.env.example',
  ]) {
    const named = [...read(path).matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)].map(
      ([, name]) => name,
    );
    const unknown = named.filter((name) => !known.has(String(name)));
    expect({ path, unknown }).toEqual({ path, unknown: [] });
  }
});
