import type { Logger } from 'pino';
import type { SweepRetention } from './sweep-retention.ts';

const DAY_MS = 86_400_000;

/**
 * Sweeps now and every day.
 *
 * @returns what ends it
 */
export function startRetention(sweep: SweepRetention, log: Logger): () => Promise<void> {
  const ending = new AbortController();
  const run = async () => {
    try {
      const count = await sweep(new Date(), ending.signal);
      if (count > 0) log.info({ count }, 'media deleted by the rules of retention');
    } catch (error) {
      if (!ending.signal.aborted) log.error({ err: error }, 'retention failed, tomorrow again');
    }
  };
  let running = run();
  const timer = setInterval(() => {
    running = running.then(run);
  }, DAY_MS);
  return async () => {
    clearInterval(timer);
    ending.abort(new Error('the process is stopping'));
    await running;
  };
}
