/** A periodic task. It must not reject. */
interface RepeatedTask {
  /** @param ending aborts when the task should stop */
  task: (ending: AbortSignal) => Promise<void>;
  everyMs: number;
}

/**
 * Runs tasks now, in their order, and each again at its interval: never two at once, even when one takes
 * long.
 *
 * @returns stops them; resolves once none is running
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
