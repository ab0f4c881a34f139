/**
 * What a piece of work takes of the processor, in seconds: other work on the machine hardly changes it.
 * For work that a bad input must not make endless; speed is measured in bench/.
 */
export function processorSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** What no input that a message can hold takes, unless the time grows faster than its length. */
export const LINEAR_SECONDS = 30;
