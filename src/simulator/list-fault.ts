/** What goes wrong with requests for lists of messages and of media; `times` is how many it hits. */
export type ListFault =
  /** Any status in Twilio's error shape; 429 has code 20429. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; times: number }
  /** The connection is closed without an answer. */
  | { kind: 'hang-up'; times: number };

export interface ListFaults {
  /** Adds faults behind those that are waiting. */
  add(...faults: ListFault[]): void;
  /** Lets so many requests pass before the first of them. */
  letPass(requests: number): void;
  /** Ends all faults. */
  clear(): void;
  /** The fault of the next request, which counts as one; null when it is to go well. */
  next(): ListFault | null;
}

/** No faults yet. */
export function createListFaults(): ListFaults {
  const waiting: ListFault[] = [];
  let passing = 0;

  return {
    add(...faults) {
      for (const fault of faults) waiting.push(...Array<ListFault>(fault.times).fill(fault));
    },
    letPass(requests) {
      passing = requests;
    },
    clear() {
      waiting.length = 0;
      passing = 0;
    },
    next() {
      if (passing > 0) {
        passing -= 1;
        return null;
      }
      return waiting.shift() ?? null;
    },
  };
}
