/** Something to be done again and again. It must not reject. */
interface RepeatedTask {
  /** @param ending aborts when no more is wanted of it */
  task: (ending: AbortSignal) => Promise<void>;
  everyMs: number;
}

/**
 * Does tasks now, in their order, and each again at its interval: one after the other, whatever takes
 * long.
 *
 * @returns ends it; resolves once none is under way
 */
export function repeatTask(...tasks: RepeatedTask[]): () => Promise<void> {
  const ending = new AbortController();
  let running = Promise.resolve();
  const timers = tasks.map(({ task, everyMs }) => {
    const inTurn = () => {
      running = running.then(() => (ending.signal.aborted ? undefined : task(ending.signal)));
    };
    inTurn();
    return setInterval(inTurn, everyMs);
  });
  return async () => {
    for (const timer of timers) clearInterval(timer);
    ending.abort(new Error('the process is stopping'));
    await running;
  };
}
