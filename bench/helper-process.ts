import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process beside the server under measurement, which is told what to do over IPC. */
export interface HelperProcess {
  pid: number;
  /** Sends a message, if there is one, and waits for the next answer. @throws Error when the process ends */
  ask(message?: unknown): Promise<unknown>;
  stop(): void;
}

/** @param entry in `bench` */
export function startHelperProcess(
  entry: string,
  args: string[],
  env: Record<string, string> = {},
): HelperProcess {
  const child = fork(`bench/${entry}`, args, { env: { PATH: process.env.PATH, ...env } });
  // An answer may come before it is asked for, and the process may end while nobody waits.
  const answers: unknown[] = [];
  child.on('message', (answer) => answers.push(answer));
  return {
    pid: child.pid ?? 0,
    async ask(message) {
      if (message !== undefined) child.send(message as object);
      while (answers.length === 0) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`${entry} has ended`);
        }
        await Promise.race([once(child, 'message'), once(child, 'exit')]);
      }
      return answers.shift();
    },
    stop: () => void child.kill(),
  };
}
