import type { Logger } from 'pino';
import { repeatInTurn } from '../../repeat-in-turn.ts';
import type { SweepRetention } from './sweep-retention.ts';

const DAY_MS = 86_400_000;

/**
 * Sweeps now and every day.
 *
 * @returns what ends it
 */
export function startRetention(sweep: SweepRetention, log: Logger): () => Promise<void> {
  const task = async (ending: AbortSignal) => {
    try {
      const count = await sweep(new Date(), ending);
      if (count > 0) log.info({ count }, 'media deleted by the rules of retention');
    } catch (error) {
      if (!ending.aborted) log.error({ err: error }, 'retention failed, tomorrow again');
    }
  };
  return repeatInTurn({ task, everyMs: DAY_MS });
}
