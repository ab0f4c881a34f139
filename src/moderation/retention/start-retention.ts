import type { Logger } from 'pino';
import { repeatInTurn } from '../../lifecycle/repeat-task.ts';
import { createTroubleLog } from '../../monitoring/outage-log.ts';
import type { SweepRetention } from './sweep-retention.ts';

const DAY_MS = 86_400_000;

/**
 * Sweeps now and every day.
 *
 * @returns what ends it
 */
export function startRetention(sweep: SweepRetention, log: Logger): () => Promise<void> {
  // Of an outage of the database, too: the media are kept for another day.
  const trouble = createTroubleLog(log, {
    begins: 'retention failed, tomorrow again',
    ends: 'retention works again',
    failuresInARow: 1,
  });
  const task = async (ending: AbortSignal) => {
    try {
      const count = await sweep(new Date(), ending);
      if (count > 0) log.info({ count }, 'media deleted by the rules of retention');
      trouble.answered();
    } catch (error) {
      if (!ending.aborted) trouble.failed(error as Error);
    }
  };
  return repeatInTurn({ task, everyMs: DAY_MS });
}
