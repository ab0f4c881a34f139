import type { Logger } from 'pino';
import type { BlocklistIndex } from './blocklist-index.ts';

/** Not waited for: pictures wait until it is there, nothing else does. */
export function loadBlocklist(index: BlocklistIndex, log: Logger, stopping: AbortSignal): void {
  const startedAt = performance.now();
  index
    .ready()
    .then(() => {
      const ms = Math.round(performance.now() - startedAt);
      log.info({ pictures: index.size(), ms }, 'blocklist loaded');
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'the blocklist is not loaded yet');
    });
}
