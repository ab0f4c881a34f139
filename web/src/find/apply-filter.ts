import { address, go, hrefOf } from '../address.ts';
import type { Filter } from './filter.ts';

/** Shows what a filter selects; nothing happens when it is shown already. */
export function applyFilter(filter: Filter): void {
  const to = { page: 'grid', filter } as const;
  if (hrefOf(to) !== hrefOf(address.value)) go(to);
}
