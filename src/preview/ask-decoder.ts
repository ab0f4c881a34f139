import type { ChildProcess } from 'node:child_process';
import type { PreviewAnswer, PreviewTask } from './preview-process.ts';

/** The bytes brought their process down; the message says how. */
export class DecoderCrash extends Error {
  readonly isOfTime: boolean;

  constructor(message: string, isOfTime: boolean) {
    super(message);
    this.isOfTime = isOfTime;
  }
}

const ENDED_BY: Partial<Record<NodeJS.Signals, string>> = {
  SIGXCPU: 'Decoding took more processor time than is allowed',
  SIGKILL: 'The decoder was ended by the system',
  SIGXFSZ: 'Decoding wrote more than is allowed',
};

/**
 * Gives a process a task and waits for its answer. It may be at work on one at a time.
 *
 * @param onDecoded told when nothing but thumbnails is left to do
 * @throws DecoderCrash when it ends before the answer, answers nonsense or takes longer than `timeoutMs`:
 *   then it is up to the caller to end it; the reason of `signal`
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
    // While the process was started.
    if (signal.aborted) return reject(signal.reason);
    const onMessage = (message: unknown) => {
      if (reportsDecoded(message)) onDecoded?.();
      else if (isAnswer(message)) settle(() => resolve(message));
      else fail(new DecoderCrash('The decoder answered nonsense', false));
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

// A process that strangers' bytes have taken over may send anything.

function reportsDecoded(message: unknown): boolean {
  return (message as { decoded?: unknown } | null)?.decoded === true;
}

function isAnswer(message: unknown): message is PreviewAnswer {
  const { cpuSeconds, residentBytes } = (message as Partial<PreviewAnswer> | null)?.usage ?? {};
  return Number.isFinite(cpuSeconds) && Number.isFinite(residentBytes);
}
