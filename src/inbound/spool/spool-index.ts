import { isDeepStrictEqual } from 'node:util';
import type { InboundMessage } from '../inbound-message.ts';
import { hintOf, NAME } from './spool-file.ts';

/** Finds the files of a spool that may hold what a message says, by their names alone. */
interface SpoolIndex {
  add(name: string): void;
  drop(name: string): void;
  /** Names of files that may hold a message with the same signature; what they hold decides. */
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

// The database keeps no more of one signature: an ordinary message, and as a suspect one what says
// something else.
const MAX_CUTS = 2;

/**
 * Whether the database would take nothing more from a message after these: one of them is the same, or those of
 * the same signature are as many as it keeps.
 */
export function addsNothing(message: InboundMessage, waiting: readonly InboundMessage[]): boolean {
  const { sid, signatureHash, suspect, params } = message;
  const related = waiting.filter((other) => other.signatureHash === signatureHash);
  // The sid of a suspect message is that of its signature.
  if (suspect !== null) return related.some((other) => other.suspect !== null && other.sid === sid);
  const ordinary = related.filter((other) => other.suspect === null);
  if (ordinary.some((other) => other.sid === sid && isDeepStrictEqual(other.params, params))) {
    return true;
  }
  // Two processes may have written the same one.
  const cuts = ordinary.filter(
    ({ params }, at) =>
      !ordinary.slice(0, at).some((other) => isDeepStrictEqual(other.params, params)),
  );
  return signatureHash !== null && cuts.length >= MAX_CUTS;
}
