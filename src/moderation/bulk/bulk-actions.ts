import { DECISIONS, type Decision } from '../decisions.ts';

/** What may be done to many media at once. */
export const BULK_ACTIONS = [...(Object.keys(DECISIONS) as Decision[]), 'delete', 'scan'] as const;

export type BulkAction = (typeof BULK_ACTIONS)[number];
