import type { ChildProcess } from 'node:child_process';
import type { PreviewAnswer, PreviewTask } from './preview-process.ts';

/** The decoder process crashed, hung or answered garbage on these bytes; the message says which. */
export class DecoderCrash extends Error {
  readonly isTimeout: boolean;

  constructor(message: string, isTimeout: boolean) {
    super(message);
    this.isTimeout = isTimeout;
  }
}

const ENDED_BY: Partial<Record<NodeJS.Signals, string>> = {
  SIGXCPU: 'Decoding took more processor time than is allowed',
  SIGKILL: 'The decoder was ended by the system',
  SIGXFSZ: 'Decoding wrote more than is allowed',
};

/**
 * Sends a task to a decoder process and waits for its answer. A process handles one task at a time.
 *
 * @param onDecoded called when only the thumbnails are left to write
 * @throws DecoderCrash when it ends before the answer, sends an invalid answer or takes longer than
 *   `timeoutMs`: the caller has to kill it then; the reason of `signal` when that is aborted
 */
export function askDecoder(
  child: ChildProcess,
  task: PreviewTask,
  {
    timeoutMs,
    signal,
    onDecoded,
  }: { timeoutMs: number; signal: AbortSignal; onDecoded: (() => void) | undefined },
): Promise<PreviewAnswer> {
  return new Promise((resolve, reject) => {
    // `signal` may have been aborted while the process was started.
    if (signal.aborted) return reject(signal.reason);
    const onMessage = (message: unknown) => {
      if (reportsDecoded(message)) onDecoded?.();
      else if (isAnswer(message)) settle(() => resolve(message));
      else fail(new DecoderCrash('The decoder sent an invalid answer', false));
    };
    const onExit = (_code: number | null, by: NodeJS.Signals | null) =>
      fail(
        new DecoderCrash(
          (by && ENDED_BY[by]) ?? 'The decoder crashed on these bytes',
          by === 'SIGXCPU',
        ),
      );
    const onAbort = () => fail(signal.reason);
    const timer = setTimeout(() => {
      fail(new DecoderCrash(`Decoding took longer than ${timeoutMs / 1000} seconds`, true));
    }, timeoutMs);
    const fail = (error: unknown) => settle(() => reject(error));
    function settle(end: () => void): void {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', fail);
      signal.removeEventListener('abort', onAbort);
      end();
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', fail);
    signal.addEventListener('abort', onAbort, { once: true });
    child.send(task, (error) => {
      if (error) fail(error);
    });
  });
}

// A process that is compromised by the bytes it decodes may send anything.

function reportsDecoded(message: unknown): boolean {
  return (message as { decoded?: unknown } | null)?.decoded === true;
}

function isAnswer(message: unknown): message is PreviewAnswer {
  const { cpuSeconds, residentBytes } = (message as Partial<PreviewAnswer> | null)?.usage ?? {};
  return Number.isFinite(cpuSeconds) && Number.isFinite(residentBytes);
}
