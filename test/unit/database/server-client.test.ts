import pg from 'pg';
import { expect, test } from 'vitest';
import { isDatabaseOutage, ServerClient } from '../../../src/database/server-client.ts';

test('a server that is not there is an outage of the database, the same error of others is none', async () => {
  const failureOf = async (Client?: typeof ServerClient) => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, Client });
    return pool.query('SELECT 1').catch((error: NodeJS.ErrnoException) => error);
  };
  const ours = await failureOf(ServerClient);
  expect(ours).toMatchObject({ code: 'ECONNREFUSED' });
  expect(isDatabaseOutage(ours)).toBe(true);
  const other = await failureOf();
  expect(other).toMatchObject({ code: 'ECONNREFUSED' });
  expect(isDatabaseOutage(other)).toBe(false);
});
