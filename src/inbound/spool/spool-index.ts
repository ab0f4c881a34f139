import { isDeepStrictEqual } from 'node:util';
import type { InboundMessage } from '../inbound-message.ts';
import { hintOf, NAME } from './spool-file.ts';

/** Finds the files of a spool that may contain a given message, by their names alone. */
interface SpoolIndex {
  add(name: string): void;
  drop(name: string): void;
  /** Names of files that may contain a message with the same signature; the caller compares the content. */
  candidates(message: InboundMessage): string[];
}

export function createSpoolIndex(): SpoolIndex {
  const namesOf = new Map<string, Set<string>>();
  const hintIn = (name: string) => NAME.exec(name)?.[2] ?? '';
  return {
    add(name) {
      const hint = hintIn(name);
      const names = namesOf.get(hint);
      if (names === undefined) namesOf.set(hint, new Set([name]));
      else names.add(name);
    },
    drop(name) {
      const hint = hintIn(name);
      const names = namesOf.get(hint);
      names?.delete(name);
      if (names?.size === 0) namesOf.delete(hint);
    },
    candidates: (message) => [...(namesOf.get(hintOf(message)) ?? [])],
  };
}

// The database stores no more of one signature: an ordinary message, and a suspect one with other
// parameters.
const MAX_SPLITS = 2;

/**
 * Whether the database would store nothing more of a message after these: one of them is the same, or there
 * are as many of the same signature as it stores.
 */
export function addsNothing(message: InboundMessage, waiting: readonly InboundMessage[]): boolean {
  const { sid, signatureHash, suspect, params } = message;
  const related = waiting.filter((other) => other.signatureHash === signatureHash);
  // The sid of a suspect message is derived from its signature.
  if (suspect !== null) return related.some((other) => other.suspect !== null && other.sid === sid);
  const ordinary = related.filter((other) => other.suspect === null);
  if (ordinary.some((other) => other.sid === sid && isDeepStrictEqual(other.params, params))) {
    return true;
  }
  // Two processes may have written the same message.
  const splits = ordinary.filter(
    ({ params }, at) =>
      !ordinary.slice(0, at).some((other) => isDeepStrictEqual(other.params, params)),
  );
  return signatureHash !== null && splits.length >= MAX_SPLITS;
}
