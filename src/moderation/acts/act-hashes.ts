import type { DelayedAct } from '../../generated/prisma/client.ts';
import type { BlocklistHash } from '../blocklist/blocklist-index.ts';

// The block of a picture keeps its hashes while it waits: it goes out also when the attachment was deleted before.

type HashColumns = Pick<DelayedAct, 'sha256' | 'pdq'>;

/** Of an act that has ended. */
export const NO_HASHES: HashColumns = { sha256: null, pdq: null };

export function hashColumns(hashes: readonly BlocklistHash[]): HashColumns {
  const columns = { ...NO_HASHES };
  for (const { kind, hash } of hashes) columns[kind] = hash;
  return columns;
}

/** @returns null for an act of a release that kept none */
export function keptHashes({ sha256, pdq }: HashColumns): BlocklistHash[] | null {
  if (sha256 === null) return null;
  const bytes: BlocklistHash = { kind: 'sha256', hash: sha256 };
  return pdq === null ? [bytes] : [bytes, { kind: 'pdq', hash: pdq }];
}
