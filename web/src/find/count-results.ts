import { api, bodyOf } from '../api/client.ts';
import type { BucketsPage, BucketsQuery } from '../api/types.ts';
import { type Filter, queryOf } from './filter.ts';

/**
 * How many attachments a filter selects.
 *
 * @throws ApiProblem
 */
export async function countResults(filter: Filter, signal: AbortSignal): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const query: BucketsQuery = {
      ...queryOf(filter),
      unit: 'month',
      limit: 1000,
      ...(cursor && { cursor }),
    } as const;
    const answer = await api.GET('/api/v1/media/buckets', { params: { query }, signal });
    const page: BucketsPage = bodyOf(answer);
    for (const bucket of page.items) count += bucket.count;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return count;
}
