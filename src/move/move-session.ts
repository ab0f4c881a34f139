import type pg from 'pg';
import { ServerClient } from '../database/server-client.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';

/** A connection to one side, until `lifecycle` closes it. */
export async function connectSide(
  connectionString: string,
  lifecycle: Lifecycle,
): Promise<ServerClient> {
  const client = new ServerClient({
    connectionString,
    connectionTimeoutMillis: 10_000,
    application_name: 'mms-inbox-move',
    keepAlive: true,
  });
  lifecycle.add('connection', () => client.end());
  await client.connect();
  return client;
}

/** Makes both sides write values as the same text, and lets no time limit of a server's configuration end the work. */
export async function setUpSession(client: pg.ClientBase): Promise<void> {
  await client.query(`
    SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex';
    SET extra_float_digits = 1; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
    SET lock_timeout = 0`);
}
