import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';

// What is shorter leaves nobody waiting.
const SHORT_MS = 200;
// For those who wait, and for what lies in the spool.
const TURN_MS = 1000;

/**
 * Runs a statement that may keep the database busy for seconds. When it did, others have their turn before
 * this settles: there may be a next one.
 */
export async function runMaintenance(pool: pg.Pool, statement: string): Promise<void> {
  const client = await pool.connect();
  const began = performance.now();
  let failure: Error | undefined;
  try {
    await client.query(statement);
  } catch (error) {
    failure = error as Error;
  }
  client.release(failure);
  if (performance.now() - began > SHORT_MS) await setTimeout(TURN_MS);
  if (failure !== undefined) throw failure;
}
