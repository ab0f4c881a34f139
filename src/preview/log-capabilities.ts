import type { Logger } from 'pino';
import type { PreviewPool } from './preview-pool.ts';

/** Logs in the background, because probing every decoder takes a moment and nothing depends on it. */
export function logCapabilities(pool: PreviewPool, log: Logger, stopping: AbortSignal): void {
  pool
    .capabilities()
    .then(({ kinds, isOffline }) => {
      const missing = kinds.filter((kind) => kind.missing !== null);
      log.info(
        {
          previews: kinds.filter((kind) => kind.missing === null).map(({ name }) => name),
          missing: Object.fromEntries(missing.map(({ name, missing }) => [name, missing?.problem])),
          isOffline,
        },
        'previews that can be made',
      );
      if (isOffline) return;
      log.warn(
        'decoders share the network and the user of this service: this system does not allow unshare. ' +
          'In a container see "Decoders in a container" in docs/operations/containers.md',
      );
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'no previews can be made');
    });
}
