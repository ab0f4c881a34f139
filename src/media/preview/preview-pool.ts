import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PreviewRequest } from './preview-process.ts';
import type { PreviewResult } from './preview-sizes.ts';

export interface PreviewPool {
  /**
   * Decodes one file in a process of its own. A crash, a hang or an exhausted memory costs that
   * process, and ends as a result of kind `none`.
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
    child.once('exit', () => all.delete(child));
    child.on('error', () => all.delete(child));
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
        signal.throwIfAborted();
        return { kind: 'none', reason: (error as Error).message };
      }
    },
    close() {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}

function ask(
  child: ChildProcess,
  request: PreviewRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PreviewResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(`Decoding took longer than ${timeoutMs / 1000} seconds`),
      timeoutMs,
    );
    const onMessage = (result: PreviewResult) => {
      settle();
      resolve(result);
    };
    const onExit = () => fail('The decoder crashed on these bytes');
    const onAbort = () => fail('The process is stopping');
    function settle(): void {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
    }
    function fail(reason: string): void {
      settle();
      reject(new Error(reason));
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    child.send(request, (error) => {
      if (error) fail('The decoder could not be reached');
    });
  });
}
