import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { basename } from 'node:path';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';

// Shorter than the time limits of clients and proxies for a body that goes on.
const SIGN_OF_LIFE_MS = 15_000;

/** Snapshots that clients use: each is removed when its client disconnects. */
export interface HeldSnapshots {
  /**
   * Takes a snapshot and answers with its name.
   *
   * @returns resolves when it is removed
   * @throws AppError `conflict` for a database on a server; `unavailable` when the server stops before it is taken
   */
  hold(response: ServerResponse): Promise<void>;
  /** Ends every answer, and those whose turn has not come, so that a shutdown does not wait for them. */
  end(): void;
}

export function createHeldSnapshots({
  takeSnapshot,
}: Pick<Database, 'takeSnapshot'>): HeldSnapshots {
  const open = new Set<ServerResponse>();
  let isEnded = false;
  return {
    async hold(response) {
      if (takeSnapshot === null) {
        throw new AppError(
          'conflict',
          'The database is on a server: pg_dump reads it while it is used.',
        );
      }
      const snapshot = await takeSnapshot();
      try {
        // The client may have disconnected meanwhile.
        if (response.destroyed) return;
        if (isEnded) throw new AppError('unavailable', 'The server is stopping.');
        open.add(response);
        const ended = once(response, 'close');
        response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
        response.setHeader('X-Accel-Buffering', 'no');
        const { takenAt } = snapshot;
        response.write(`${JSON.stringify({ name: basename(snapshot.dataDir), takenAt })}\n`);
        const timer = setInterval(() => response.write('\n'), SIGN_OF_LIFE_MS);
        await ended.finally(() => clearInterval(timer));
      } finally {
        open.delete(response);
        await snapshot.remove();
      }
    },
    end() {
      isEnded = true;
      for (const response of open) response.end();
    },
  };
}
