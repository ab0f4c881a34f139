import pLimit from 'p-limit';
import QuickLRU from 'quick-lru';
import { type EditPlan, lengthOf } from '../files/edit-plan.ts';
import { UnstrippableError } from './byte-reader.ts';
import { planWithoutMetadata, STRIPPING_VERSION } from './strip-metadata.ts';

/**
 * How a stored file is sent without metadata, from memory when it was asked for lately.
 *
 * @param path where the file can be read until the call resolves
 * @throws UnstrippableError when its structure is damaged; the file system's error when it cannot be read
 */
export type StripPlanOf = (
  path: string,
  file: { sha256: string; contentType: string },
) => Promise<EditPlan>;

// A plan is made by the thread that answers webhooks, from files that strangers send.
const AT_ONCE = 2;
// A player asks for one file in many ranges, a page shows a few hundred.
const MAX_PLANS = 500;
// More than the largest plan takes, of 100,000 pieces.
const MAX_BYTES = 32 * 1024 ** 2;
// Of a piece with its place in the list.
const PIECE_BYTES = 200;

interface Outcome {
  plan: EditPlan | UnstrippableError;
  /** Of memory, as an estimate. */
  bytes: number;
}

/**
 * Makes the plan of a file once for all requests that come together or soon after, and two plans at a time. That a
 * file cannot be edited is remembered, too; that it cannot be read is not.
 *
 * @param make makes a plan
 */
export function createStripPlans(make = planWithoutMetadata): StripPlanOf {
  const limit = pLimit(AT_ONCE);
  const recent = new QuickLRU<string, Outcome>({ maxSize: MAX_PLANS });
  const pending = new Map<string, Promise<Outcome>>();

  function keep(key: string, outcome: Outcome): void {
    recent.set(key, outcome);
    const oldestFirst = [...recent.entriesAscending()];
    let bytes = oldestFirst.reduce((sum, [, kept]) => sum + kept.bytes, 0);
    for (const [oldest, kept] of oldestFirst) {
      if (bytes <= MAX_BYTES) return;
      recent.delete(oldest);
      bytes -= kept.bytes;
    }
  }

  function start(key: string, path: string, contentType: string): Promise<Outcome> {
    const making = limit(async () => {
      const plan = await make(path, contentType).catch((error: unknown) => {
        if (error instanceof UnstrippableError) return error;
        throw error;
      });
      const outcome = { plan, bytes: bytesOf(plan) };
      keep(key, outcome);
      return outcome;
    }).finally(() => pending.delete(key));
    pending.set(key, making);
    return making;
  }

  return async (path, { sha256, contentType }) => {
    // The type decides how the same bytes are read.
    const key = `${sha256} ${STRIPPING_VERSION} ${contentType}`;
    const known = recent.get(key) ?? pending.get(key) ?? start(key, path, contentType);
    const { plan } = await known;
    if (plan instanceof UnstrippableError) throw plan;
    return plan;
  };
}

function bytesOf(plan: EditPlan | UnstrippableError): number {
  if (plan instanceof UnstrippableError) return PIECE_BYTES;
  return plan.pieces.reduce(
    (sum, piece) => sum + PIECE_BYTES + ('bytes' in piece ? lengthOf(piece) : 0),
    0,
  );
}
