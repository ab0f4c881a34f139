import { asError } from '../../errors/caught.ts';
import { exitProcess } from '../../lifecycle/exit-process.ts';
import { applyMigrations } from '../migrations/apply-migrations.ts';
import { openDurablePglite } from './durable-pglite.ts';
import { createEmbeddedPool } from './embedded-pool.ts';

// Entry point of the child process that creates the embedded database; create-database.ts starts it.

export interface CreationResult {
  /** The message of the error; null after success. */
  problem: string | null;
}

// A signal to all processes (Ctrl-C, systemd) is left to the parent, which finishes its start first.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
// The parent is gone: what is unfinished is created anew by the next start.
process.on('disconnect', () => exitProcess(1));

const [, , folder = ''] = process.argv;
const problem = await create(folder).then(
  () => null,
  (error) => asError(error).message,
);
process.send?.({ problem } satisfies CreationResult, () => exitProcess());

async function create(folder: string): Promise<void> {
  const { pglite, close } = await openDurablePglite(folder);
  // A dead database throws on every statement, which ends the creation.
  const pool = createEmbeddedPool(pglite, () => undefined);
  try {
    await applyMigrations(pool);
    await pool.end();
  } finally {
    await close();
  }
}
