/** Work that is done by several at once, each taking the next piece until there is none. */
export interface Lanes {
  /**
   * Opens the lanes that have ended: there may be work again.
   *
   * @returns false when all have: then nobody waits for them any more
   */
  wake(): boolean;
  /** Resolves when all lanes have ended; rejects with what the last that failed threw. */
  finished: Promise<void>;
}

/**
 * @param most lanes at once
 * @param workOnNext takes the next piece; false when there is none
 */
export function openLanes(most: number, workOnNext: () => Promise<boolean>): Lanes {
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  let open = 0;
  let failure: { error: unknown } | undefined;

  async function lane(): Promise<void> {
    try {
      while (await workOnNext());
    } catch (error) {
      failure = { error };
    }
    open -= 1;
    if (open > 0) return;
    if (failure === undefined) resolve();
    else reject(failure.error);
  }

  function fill(): void {
    while (open < most) {
      open += 1;
      void lane();
    }
  }

  fill();
  return {
    wake() {
      if (open === 0) return false;
      fill();
      return true;
    },
    finished,
  };
}
