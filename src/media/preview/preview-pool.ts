import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PreviewRequest } from './preview-process.ts';
import type { PreviewResult } from './preview-sizes.ts';

export interface PreviewPool {
  /**
   * Decodes one file in a process of its own. A crash, a hang or an exhausted memory costs that
   * process, and ends as a result of kind `none`.
   *
   * @throws Error where the bytes are not to blame: no process to be had, or `signal` aborted
   */
  run(request: PreviewRequest, signal: AbortSignal): Promise<PreviewResult>;
  close(): void;
}

const ENTRY = fileURLToPath(new URL('./preview-process.ts', import.meta.url));

/**
 * Child processes that decode, started when needed, kept for the next picture and replaced when they
 * die.
 *
 * @param timeoutMs how long one picture may take
 */
export function createPreviewPool({ timeoutMs = 30_000, entry = ENTRY } = {}): PreviewPool {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();

  function start(): ChildProcess {
    // No environment: the child needs no token, and can so leak none.
    const child = fork(entry, {
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    all.add(child);
    const forget = () => {
      all.delete(child);
      const place = idle.indexOf(child);
      if (place >= 0) idle.splice(place, 1);
    };
    child.once('exit', forget);
    child.on('error', forget);
    return child;
  }

  return {
    async run(request, signal) {
      signal.throwIfAborted();
      const child = idle.pop() ?? start();
      try {
        const result = await ask(child, request, timeoutMs, signal);
        idle.push(child);
        return result;
      } catch (error) {
        child.kill('SIGKILL');
        if (error instanceof UndecodableError) return { kind: 'none', reason: error.message };
        throw error;
      }
    },
    close() {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}

/** The bytes brought their process down. */
class UndecodableError extends Error {}

function ask(
  child: ChildProcess,
  request: PreviewRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PreviewResult> {
  return new Promise((resolve, reject) => {
    const onMessage = (result: PreviewResult) => settle(() => resolve(result));
    const onExit = () => fail(new UndecodableError('The decoder crashed on these bytes'));
    const onAbort = () => fail(signal.reason);
    const timer = setTimeout(() => {
      fail(new UndecodableError(`Decoding took longer than ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    const fail = (error: unknown) => settle(() => reject(error));
    function settle(end: () => void): void {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      end();
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    child.send(request, (error) => {
      if (error) fail(error);
    });
  });
}
