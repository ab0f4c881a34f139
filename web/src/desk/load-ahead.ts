import { api, bodyOf } from '../api/client.ts';
import { waitingActs } from '../moderation/acts.ts';
import { sourcesOf } from '../viewer/media-sources.ts';
import type { QueueName, queueQueryOf } from './queue-filter.ts';

/** What is probably next, and some that others may take meanwhile. */
const LOOKED_AT = 8;
const LOADED = 2;
const MOST_OF_A_PAGE = 200;

/**
 * Has the browser load the pictures of what comes next, so that they are there when it is claimed. What is held back has a
 * blur of its own in the answer of the claim.
 */
export function loadAhead(
  name: QueueName,
  filter: ReturnType<typeof queueQueryOf>,
  shown: string,
): void {
  // What is about to be decided is still in the queue, and in front.
  const waiting = waitingActs.peek();
  const limit = Math.min(LOOKED_AT + waiting.size, MOST_OF_A_PAGE);
  const params = { path: { name }, query: { ...filter, limit } };
  api
    .GET('/api/v1/queues/{name}/items', { params })
    .then((answer) => {
      const next = bodyOf(answer).items.filter(
        ({ claim, media }) =>
          claim === null &&
          media.sid !== shown &&
          !waiting.has(media.sid) &&
          media.state === 'stored',
      );
      for (const { media } of next.slice(0, LOADED)) {
        new Image().src = sourcesOf(media).thumbnail('large');
      }
    })
    // It is loaded when it is shown.
    .catch(() => undefined);
}
