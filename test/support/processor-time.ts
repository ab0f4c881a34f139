/**
 * CPU time of a function, in seconds, which other work on the machine hardly affects. For code that bad input
 * must not slow down without limit; speed is measured in bench/.
 */
export function processorSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** More than any input that fits in a message takes, unless the time grows faster than its length. */
export const LINEAR_SECONDS = 30;
