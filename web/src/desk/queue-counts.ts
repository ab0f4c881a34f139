import { signal } from '@preact/signals';
import { api, bodyOf } from '../api/client.ts';
import type { Queue } from '../api/types.ts';
import { keepFresh } from './keep-fresh.ts';

/** What waits; undefined until it was read. */
export const queues = signal<readonly Queue[]>();
/** Why it could not be read. */
export const queuesProblem = signal<Error>();

let users = 0;
let end: (() => void) | undefined;

/**
 * Keeps the counts as they are on the server, while somebody looks at them.
 *
 * @returns ends it
 */
export function followQueues(): () => void {
  users += 1;
  end ??= keepFresh(refreshQueues);
  return () => {
    users -= 1;
    if (users > 0) return;
    end?.();
    end = undefined;
  };
}

/** Reads them once. */
export async function refreshQueues(): Promise<void> {
  try {
    queues.value = bodyOf(await api.GET('/api/v1/queues')).items;
    queuesProblem.value = undefined;
  } catch (error) {
    queuesProblem.value = error as Error;
  }
}
