import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../../src/monitoring/open-log.ts';
import { prettyLine } from '../../../src/monitoring/pretty-log.ts';

const TIME = new Date(2026, 0, 31, 14, 5, 9, 42).getTime();
const pretty = (fields: object) =>
  prettyLine(JSON.stringify({ level: 30, time: TIME, ...fields }), false);

test.each([
  [
    { msg: 'mms-inbox is ready', url: 'http://127.0.0.1:3000', roles: ['receiver', 'worker'] },
    '14:05:09.042 INFO  mms-inbox is ready  url=http://127.0.0.1:3000 roles=receiver,worker\n',
  ],
  [
    { level: 40, msg: 'Twilio answers again', seconds: 12, failures: 30 },
    '14:05:09.042 WARN  Twilio answers again  seconds=12 failures=30\n',
  ],
  [
    {
      msg: 'request completed',
      req: { id: 'r1', method: 'GET', url: '/readyz' },
      res: { status: 200 },
      ms: 3,
    },
    '14:05:09.042 INFO  GET /readyz 200  ms=3 requestId=r1\n',
  ],
  [
    { msg: 'request errored', req: { method: 'GET', url: '/' } },
    '14:05:09.042 INFO  request errored\n',
  ],
  [{ level: 60, msg: 'no' }, '14:05:09.042 FATAL no\n'],
  [{ level: 10, msg: 'no' }, '14:05:09.042 TRACE no\n'],
  [
    { msg: 'm', text: 'two words', nothing: null, deep: { a: 1 } },
    '14:05:09.042 INFO  m  text="two words" nothing=null deep={"a":1}\n',
  ],
])('%j', (fields, expected) => expect(pretty(fields)).toBe(expected));

test('an error is shown with its stack and causes, below', () => {
  const err = {
    type: 'Error',
    message: 'one',
    stack: 'Error: one\n    at here',
    cause: { message: 'two' },
  };
  expect(pretty({ level: 50, msg: 'job failed', err })).toBe(
    '14:05:09.042 ERROR job failed\n    Error: one\n        at here\n    Caused by: two\n',
  );
});

test('what somebody sends cannot control the terminal, or forge a line of its own', () => {
  const evil = '/\u001b[2J\u009b31m\r\u202e\nFATAL forged';
  for (const shown of [
    pretty({ msg: evil.replaceAll('\n', '') }),
    pretty({ msg: 'm', name: evil }),
    pretty({ msg: 'm', [evil.replaceAll('\n', '')]: 1 }),
    prettyLine(`no JSON ${evil.replaceAll('\n', '')}`, false),
  ]) {
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(shown.trimEnd().split('\n')).toHaveLength(1);
  }
});

test('colours are for terminals alone', () => {
  const line = JSON.stringify({ level: 50, time: TIME, msg: 'no' });
  expect(prettyLine(line, false)).not.toContain('\u001b');
  expect(prettyLine(line, true)).toContain('\u001b[31mERROR');
});

test.each([
  ['auto', false, '{'],
  ['auto', true, ':'],
  ['json', true, '{'],
  ['pretty', false, ':'],
] as const)('LOG_FORMAT=%s with a terminal: %s', (format, isTTY, start) => {
  const folder = mkdtempSync(join(tmpdir(), 'mms-inbox-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  openLog('info', format, { fd: openSync(file, 'w'), isTTY, hasColors: () => false }).info('hello');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('hello');
  expect(text[start === '{' ? 0 : 2]).toBe(start);
});

test('the last line before an exit is there, in both formats', () => {
  for (const format of ['pretty', 'json']) {
    const script = `
      const { openLog } = await import('./src/monitoring/open-log.ts');
      const log = openLog('info', '${format}');
      for (let n = 0; n < 2000; n += 1) log.info({ n }, 'a line');
      log.fatal('the last words');
      process.exit(1);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(2001);
    expect(stdout).toContain('the last words');
  }
});
