import { EventEmitter, once } from 'node:events';

/** Whether one statement keeps everybody else waiting for seconds, on a database with one session. */
export interface BusyState {
  isBusy(): boolean;
  /** @throws AbortError once `signal` aborts */
  whenBusy(signal: AbortSignal): Promise<void>;
  /** @throws AbortError once `signal` aborts */
  whenFree(signal: AbortSignal): Promise<void>;
}

/** Of a server: its sessions work beside each other. */
export const NEVER_BUSY: BusyState = {
  isBusy: () => false,
  whenBusy: () => new Promise(() => undefined),
  whenFree: async () => undefined,
};

/** One that changes as it is set; it begins free. */
export function createBusyState(): BusyState & { set(isBusy: boolean): void } {
  const changes = new EventEmitter<{ busy: []; free: [] }>();
  // One for each request that waits.
  changes.setMaxListeners(0);
  let busy = false;
  return {
    isBusy: () => busy,
    async whenBusy(signal) {
      if (!busy) await once(changes, 'busy', { signal });
    },
    async whenFree(signal) {
      if (busy) await once(changes, 'free', { signal });
    },
    set(isBusy) {
      busy = isBusy;
      changes.emit(busy ? 'busy' : 'free');
    },
  };
}
