import { api, bodyOf } from '../api/client.ts';
import { sourcesOf } from '../viewer/media-sources.ts';
import type { QueueName, queueQueryOf } from './queue-filter.ts';

/** What is probably next, and some that others may take meanwhile. */
const LOOKED_AT = 8;
const LOADED = 2;

/**
 * Has the browser load the pictures of what comes next, so that they are there when it is claimed. What is held back has a
 * blur of its own in the answer of the claim.
 */
export function loadAhead(
  name: QueueName,
  filter: ReturnType<typeof queueQueryOf>,
  shown: string,
): void {
  const params = { path: { name }, query: { ...filter, limit: LOOKED_AT } };
  api
    .GET('/api/v1/queues/{name}/items', { params })
    .then((answer) => {
      const next = bodyOf(answer).items.filter(
        ({ claim, media }) => claim === null && media.sid !== shown && media.state === 'stored',
      );
      for (const { media } of next.slice(0, LOADED)) {
        new Image().src = sourcesOf(media).thumbnail('large');
      }
    })
    // It is loaded when it is shown.
    .catch(() => undefined);
}
