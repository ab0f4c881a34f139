import pg from 'pg';
import { expect, test } from 'vitest';
import { createStatementNames } from '../../../src/database/statement-names.ts';

const url = process.env.TEST_DATABASE_URL;

/** The name of a statement that has come before. */
function nameAgain(nameOf: (text: string) => string, text: string): string {
  nameOf(text);
  return nameOf(text);
}

test('what comes again has a name, in every process the same, and no other statement has it', () => {
  const nameOf = createStatementNames();
  expect(nameOf('SELECT $1')).toBe('');
  const name = nameOf('SELECT $1');
  expect(name).toMatch(/^\w{10,63}$/);
  expect(nameOf('SELECT $1')).toBe(name);
  const another = createStatementNames();
  expect(nameAgain(another, 'SELECT $2')).not.toBe(name);
  expect(nameAgain(another, 'SELECT $1')).toBe(name);
});

test('pages of lists and statements for many rows have none, and only so many have one', () => {
  const nameOf = createStatementNames();
  expect(nameAgain(nameOf, 'SELECT sid FROM media WHERE state = $1 LIMIT $2')).toBe('');
  expect(nameAgain(nameOf, `SELECT ${'$1, '.repeat(2000)} 1`)).toBe('');
  expect(nameAgain(nameOf, 'BEGIN; SELECT 1')).toBe('');
  const names = Array.from({ length: 1000 }, (_, n) => nameAgain(nameOf, `SELECT ${n}`));
  expect(new Set(names.filter((name) => name !== '')).size).toBe(200);
  expect(nameOf('SELECT 0')).toBe(names[0]);
});

test('where no pages are read, what has a limit has a name, too', () => {
  const nameOf = createStatementNames({ withLimits: true });
  expect(nameAgain(nameOf, 'SELECT id FROM job LIMIT 1')).toMatch(/^mms_inbox_/);
});

test.runIf(url)('a server has read what has a name once, and what has none each time', async () => {
  const nameOf = createStatementNames();
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const text of ['SELECT $1::int AS n', 'SELECT $1::int AS n LIMIT 1']) {
      for (const n of [1, 2, 3, 4]) {
        const { rows } = await client.query({ name: nameOf(text), text, values: [n] });
        expect(rows).toEqual([{ n }]);
      }
    }
    const { rows } = await client.query('SELECT statement FROM pg_prepared_statements');
    expect(rows).toEqual([{ statement: 'SELECT $1::int AS n' }]);
  } finally {
    await client.end();
  }
});
