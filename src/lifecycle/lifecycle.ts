/** Resources that a process, or a part of it, has started, and how to close each of them. */
export interface Lifecycle {
  /**
   * Registers how to close a resource, before or right after it is started.
   *
   * @param name for the error when closing fails
   */
  add(name: string, close: () => unknown): void;
  /**
   * Closes everything that is registered, in reverse order, each once. A failure does not prevent the rest
   * from being closed.
   *
   * @throws AggregateError with an error for each resource that could not be closed
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
