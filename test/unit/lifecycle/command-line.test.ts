import { expect, test } from 'vitest';
import { commandLine, startLine } from '../../../src/lifecycle/command-line.ts';

test.each([
  ['file:///app/src/lifecycle/command-line.ts', 'npm run cli -- verify --repair', 'npm run demo'],
  [
    'file:///app/node_modules/mms-inbox/dist/lifecycle/command-line.js',
    'npx mms-inbox verify --repair',
    'npx mms-inbox demo',
  ],
])('%s', (importer, verify, demo) => {
  expect(commandLine('verify --repair', importer)).toBe(verify);
  expect(commandLine('demo', importer)).toBe(demo);
});

test('the server starts without a command', () => {
  expect(startLine('file:///app/src/cli.ts')).toBe('npm start');
  expect(startLine('file:///app/node_modules/mms-inbox/dist/cli.js')).toBe('npx mms-inbox');
});
