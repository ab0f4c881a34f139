import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PreviewAnswer, PreviewRequest } from './preview-process.ts';
import type { PreviewResult } from './preview-sizes.ts';

export interface PreviewPool {
  /**
   * Decodes one file in a process of its own. A crash, a hang or an exhausted memory costs that
   * process, and ends as a result of kind `none`.
   *
   * @throws Error where the bytes are not to blame: no process to be had, no room to write, or
   *   `signal` aborted
   */
  run(request: PreviewRequest, signal: AbortSignal): Promise<PreviewResult>;
  close(): void;
}

const MOST_CRASHES = 2;
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

  async function runOnce(request: PreviewRequest, signal: AbortSignal): Promise<PreviewResult> {
    const child = idle.pop() ?? start();
    let answer: PreviewAnswer;
    try {
      answer = await ask(child, request, timeoutMs, signal);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    idle.push(child);
    if ('failure' in answer) throw new Error(`The previews were not written: ${answer.failure}`);
    return answer.result;
  }

  return {
    async run(request, signal) {
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          return await runOnce(request, signal);
        } catch (error) {
          if (!(error instanceof UndecodableError)) throw error;
          // Once may be the machine (no memory left), twice are the bytes.
          if (attempt === MOST_CRASHES) return { kind: 'none', reason: error.message };
        }
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
): Promise<PreviewAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: PreviewAnswer) => settle(() => resolve(answer));
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
