import type { AuditQuery } from '../../api/types.ts';
import { startOfDay } from '../../find/filter.ts';
import type { ListFilter } from '../lists/list-address.ts';

/** What the API is asked for: days are those of the reader, the last one included. */
export function auditQueryOf({ since, until, ...same }: ListFilter): AuditQuery {
  const from = since === undefined ? null : startOfDay(since);
  const before = until === undefined ? null : startOfDay(until, 1);
  return {
    ...same,
    ...(from && { since: from.toISOString() }),
    ...(before && { until: before.toISOString() }),
  };
}

/** The file of all that is found. */
export function exportHref(filter: ListFilter): string {
  const query = new URLSearchParams(Object.entries(auditQueryOf(filter)));
  return `/api/v1/audit/export?${query}`;
}
