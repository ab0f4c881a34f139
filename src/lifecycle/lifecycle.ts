/** What a process, or a part of it, has started, and how each of these is closed. */
export interface Lifecycle {
  /**
   * Registers how something is closed, before or right after it is started.
   *
   * @param name what an error at the close is reported under
   */
  add(name: string, close: () => unknown): void;
  /**
   * Closes everything that is registered, the last first, each once. What fails does not keep the rest
   * from being closed.
   *
   * @throws AggregateError of what could not be closed
   */
  close(): Promise<void>;
}

export function createLifecycle(): Lifecycle {
  const started: { name: string; close: () => unknown }[] = [];

  async function closeAll(): Promise<void> {
    const failures: Error[] = [];
    for (let last = started.pop(); last !== undefined; last = started.pop()) {
      try {
        await last.close();
      } catch (cause) {
        failures.push(new Error(`${last.name} was not closed`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything was closed');
  }

  let closing: Promise<void> | undefined;
  return {
    add(name, close) {
      started.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
