import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { moduleFile } from '../lifecycle/project-files.ts';
import {
  askDecoder,
  createSandbox,
  DecoderCrash,
  killGroup,
  retryCrashes,
  type Sandbox,
} from './ask-decoder.ts';
import { createDecoderTurns } from './decoder-turns.ts';
import type { PreviewRequest } from './make-preview.ts';
import type { KindReport, PreviewAnswer, PreviewTask } from './preview-process.ts';
import type { PreviewResult } from './preview-result.ts';
import type { RenditionRequest } from './renditions/make-rendition.ts';
import type { RenditionResult } from './renditions/rendition-types.ts';

/** Which previews can be made on this machine, and whether decoders are cut off from the network. */
interface PreviewCapabilities {
  kinds: KindReport[];
  isOffline: boolean;
}

export interface PreviewPool {
  /**
   * Makes one preview in a child process, as soon as one is free. After a crash or a timeout the process is
   * killed; after the second crash, or the first timeout, the file is not opened again and gets a typed card
   * with the reason. While one process writes thumbnails, another may decode the next file.
   *
   * @param priority files with a higher one are decoded first; 0 by default
   * @throws Error when the failure is not caused by the bytes: no process could be started, the disk is full,
   *   or `signal` was aborted
   */
  run(request: PreviewRequest, signal: AbortSignal, priority?: number): Promise<PreviewResult>;
  /** Makes one rendition in the same way; after the second crash, or the first timeout, there is only a reason. */
  convert(request: RenditionRequest, signal: AbortSignal): Promise<RenditionResult>;
  /** Probes every kind, once in the lifetime of this process. */
  capabilities(): Promise<PreviewCapabilities>;
  close(): void;
}

const ENTRY = moduleFile(import.meta.url, './preview-process');
// A process is replaced once it has used this much, so that the limits leave enough for each file.
const RECYCLE_AFTER = { cpuSeconds: 60, residentBytes: 400 * 1024 ** 2 };
const LIMITS = {
  cpuSeconds: RECYCLE_AFTER.cpuSeconds + 60,
  memoryBytes: 2 * 1024 ** 3,
  openFiles: 64,
  fileBytes: 64 * 1024 ** 2,
};
// An idle process takes 140 to 230 MB, a new one 0.3 s to start.
const END_IDLE_AFTER_MS = 60_000;
const STDERR_TAIL = 2000;
// glibc returns large blocks to the system at once, and allocating them again costs more than copying a
// picture's pixels: so blocks of up to 32 MiB, and up to 128 MiB of free memory, are kept [mallopt(3)]. Other
// C libraries ignore these variables.
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024 ** 2),
};

// Cached by entry and tool path: the capabilities do not change while this process runs, and probing all
// kinds takes most of a second of CPU time.
const probed = new Map<string, PreviewCapabilities>();

/**
 * A pool of child processes that decode: started on demand, reused for the next file, replaced when they
 * die or reach RECYCLE_AFTER, and ended when they have had no task for a while.
 *
 * @param config.concurrency how many decode at once; more than there are cores brings nothing
 * @param config.processes pool size: one more than decode at once, unless no core is left for it
 * @param config.toolPath where programs are found, as `PATH`
 * @param config.timeoutMs how long one file may take
 * @param config.endIdleAfterMs how long a process without a task is kept
 * @param config.onCrash called with how a process ended unexpectedly, for the log
 */
export function createPreviewPool(config: {
  concurrency: number;
  processes?: number;
  toolPath: string;
  timeoutMs?: number;
  endIdleAfterMs?: number;
  limits?: Partial<typeof LIMITS>;
  entry?: string;
  onCrash?: (end: { reason: string; stderr: string }) => void;
}): PreviewPool {
  const { concurrency, toolPath, entry = ENTRY, onCrash = () => undefined } = config;
  const { timeoutMs = 60_000, endIdleAfterMs = END_IDLE_AFTER_MS } = config;
  const { processes = processesFor(concurrency) } = config;
  const decoding = pLimit(concurrency);
  const inTurn = createDecoderTurns(processes);
  let isClosed = false;
  // Each with the timer that ends it.
  const idle = new Map<ChildProcess, NodeJS.Timeout>();
  const all = new Set<ChildProcess>();
  const stderr = new WeakMap<ChildProcess, string>();
  let sandbox: Promise<Sandbox> | undefined;
  let capabilities: Promise<PreviewCapabilities> | undefined;

  function openSandbox(): Promise<Sandbox> {
    sandbox ??= createSandbox({ ...LIMITS, ...config.limits }, toolPath);
    return sandbox;
  }

  async function start(): Promise<ChildProcess> {
    const [command, args] = (await openSandbox()).wrap(process.execPath, [entry]);
    const child = spawn(command, args, {
      // No credentials: the child cannot leak what it does not have.
      env: { PATH: toolPath, ...KEEP_MEMORY },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Makes it a process group leader, so that its own children are killed with it.
      detached: true,
    });
    all.add(child);
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.set(child, ((stderr.get(child) ?? '') + chunk).slice(-STDERR_TAIL));
    });
    child.once('exit', () => forget(child));
    child.on('error', () => forget(child));
    return child;
  }

  function forget(child: ChildProcess): void {
    all.delete(child);
    clearTimeout(idle.get(child));
    idle.delete(child);
  }

  /** The last one, so that the others come to their end when there is less to do. */
  function takeIdle(): ChildProcess | undefined {
    const [child, timer] = [...idle].at(-1) ?? [];
    clearTimeout(timer);
    if (child !== undefined) idle.delete(child);
    return child;
  }

  function keepIdle(child: ChildProcess): void {
    const timer = setTimeout(() => {
      // Now, not when its exit is reported: a process that was killed must not be handed out.
      forget(child);
      killGroup(child);
    }, endIdleAfterMs);
    idle.set(child, timer.unref());
  }

  // Releases the decoding slot as soon as the file is decoded, while the process still writes thumbnails.
  async function decode(preview: PreviewRequest, signal: AbortSignal): Promise<PreviewAnswer> {
    let answer: Promise<PreviewAnswer> | undefined;
    await decoding(() => {
      return new Promise<void>((onDecoded, onFailed) => {
        answer = runOnce({ preview }, signal, onDecoded);
        answer.then(() => onDecoded(), onFailed);
      });
    });
    return answer as Promise<PreviewAnswer>;
  }

  async function runOnce(
    task: PreviewTask,
    signal: AbortSignal,
    onDecoded?: () => void,
  ): Promise<PreviewAnswer> {
    signal.throwIfAborted();
    const child = takeIdle() ?? (await start());
    let answer: PreviewAnswer;
    try {
      answer = await askDecoder(child, task, { timeoutMs, signal, onDecoded });
    } catch (error) {
      killGroup(child);
      if (error instanceof DecoderCrash && !isClosed) {
        error.stderr = stderr.get(child) ?? '';
        onCrash({ reason: error.message, stderr: error.stderr });
      }
      throw error;
    }
    const { cpuSeconds, residentBytes } = answer.usage;
    const isUsedUp =
      cpuSeconds > RECYCLE_AFTER.cpuSeconds || residentBytes > RECYCLE_AFTER.residentBytes;
    // There is one process too many when a file arrived while the kinds were probed.
    if (isUsedUp || all.size > processes) killGroup(child);
    else keepIdle(child);
    if ('failure' in answer) {
      const { failure, code } = answer;
      throw Object.assign(new Error(`The previews were not written: ${failure}`), { code });
    }
    return answer;
  }

  async function probe(): Promise<PreviewCapabilities> {
    const cacheKey = `${entry} ${toolPath}`;
    const known = probed.get(cacheKey);
    if (known !== undefined) return known;
    // Bypasses the queue of files, because readiness waits for it.
    const answer = await runOnce({ probe: true }, new AbortController().signal).catch((error) => {
      throw error instanceof DecoderCrash && !error.isTimeout ? failedStart(error) : error;
    });
    if (!('kinds' in answer)) throw new Error('The preview process did not report its kinds');
    const capabilities = { kinds: answer.kinds, isOffline: (await openSandbox()).isOffline };
    probed.set(cacheKey, capabilities);
    return capabilities;
  }

  return {
    async run(request, signal, priority = 0) {
      const decodeInTurn = async (preview: PreviewRequest) => {
        const answer = await inTurn(() => decode(preview, signal), { priority, signal });
        if ('result' in answer) return answer.result;
        throw new Error('The preview process did not answer with a preview');
      };
      return retryCrashes(
        () => decodeInTurn(request),
        (unopened) => decodeInTurn({ ...request, unopened }),
      );
    },
    async convert(rendition, signal) {
      const convertInTurn = async () => {
        const answer = await inTurn(() => runOnce({ rendition }, signal), { signal, priority: 0 });
        if ('rendition' in answer) return answer.rendition;
        throw new Error('The preview process did not answer with a rendition');
      };
      return retryCrashes(convertInTurn, (reason) => ({ reason }));
    },
    capabilities() {
      capabilities ??= probe().catch((error) => {
        // The next call probes again.
        capabilities = undefined;
        throw error;
      });
      return capabilities;
    },
    close() {
      isClosed = true;
      for (const child of all) killGroup(child);
    },
  };
}

/** A probe has no bytes that could be at fault. */
function failedStart(crash: DecoderCrash): Error {
  const [cause = crash.message] = /^\w*Error\b.*$/m.exec(crash.stderr) ?? [];
  return new Error(`The decoder process does not start: ${cause}`, { cause: crash });
}

function processesFor(concurrency: number): number {
  return concurrency < availableParallelism() ? concurrency + 1 : concurrency;
}
