import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { codeOf } from '../errors/caught.ts';
import { askDecoder, DecoderCrash } from './ask-decoder.ts';
import type { PreviewRequest } from './make-preview.ts';
import type { KindReport, PreviewAnswer, PreviewTask } from './preview-process.ts';
import type { PreviewResult } from './preview-result.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

/** What previews can be made on this machine, and how well decoding is shut in. */
interface PreviewCapabilities {
  kinds: KindReport[];
  isOffline: boolean;
}

export interface PreviewPool {
  /**
   * Makes one preview in a process of its own, when one is free. A crash, a hang or too much memory costs that
   * process; the second time the bytes are not opened again and get a typed card with the reason. While
   * one process writes the thumbnails of what it has decoded, another may decode the next file.
   *
   * @throws Error where the bytes are not to blame: no process to be had, no room to write, or
   *   `signal` aborted
   */
  run(request: PreviewRequest, signal: AbortSignal): Promise<PreviewResult>;
  /** Tries every kind, once in the life of this process. */
  capabilities(): Promise<PreviewCapabilities>;
  close(): void;
}

const ENTRY = fileURLToPath(new URL('./preview-process.ts', import.meta.url));
const MAX_CRASHES = 2;
// A process is replaced when it has used so much, so that each file finds enough of its limits.
const SHARE = { cpuSeconds: 60, residentBytes: 400 * 1024 ** 2 };
const LIMITS = {
  cpuSeconds: SHARE.cpuSeconds + 60,
  memoryBytes: 2 * 1024 ** 3,
  openFiles: 64,
  fileBytes: 64 * 1024 ** 2,
};
const STDERR_TAIL = 2000;
// glibc gives large blocks back to the system at once, and to be given them anew costs a picture more
// than to copy its pixels: blocks of up to 32 MiB are kept, of free memory 128 MiB [mallopt(3)]. Other
// libraries ignore it.
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024 ** 2),
};

// What this machine has does not change while a process runs, and trying all of it takes most of a
// second of the processor. By entry and programs.
const tried = new Map<string, PreviewCapabilities>();

/**
 * Child processes that decode, started when needed, kept for the next file and replaced when they
 * die or have had their share.
 *
 * @param config.concurrency how many decode at once; more than cores would only take turns
 * @param config.processes how many there are: one more than decode, unless no core is left for it
 * @param config.toolPath where programs are found, as `PATH`
 * @param config.timeoutMs how long one file may take
 * @param config.onCrash told how a process ended that was not told to, for the log
 */
export function createPreviewPool(config: {
  concurrency: number;
  processes?: number;
  toolPath: string;
  timeoutMs?: number;
  limits?: Partial<typeof LIMITS>;
  entry?: string;
  onCrash?: (end: { reason: string; stderr: string }) => void;
}): PreviewPool {
  const { concurrency, toolPath, timeoutMs = 60_000, entry = ENTRY } = config;
  const { processes = processesFor(concurrency), onCrash = () => undefined } = config;
  const decoding = pLimit(concurrency);
  const working = pLimit(processes);
  let isClosed = false;
  const idle: ChildProcess[] = [];
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
      // The child needs no token, and can so leak none.
      env: { PATH: toolPath, ...KEEP_MEMORY },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Leads a group, so that what it starts can be ended with it.
      detached: true,
    });
    all.add(child);
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.set(child, ((stderr.get(child) ?? '') + chunk).slice(-STDERR_TAIL));
    });
    const forget = () => {
      all.delete(child);
      const place = idle.indexOf(child);
      if (place >= 0) idle.splice(place, 1);
    };
    child.once('exit', forget);
    child.on('error', forget);
    return child;
  }

  async function inTurn(preview: PreviewRequest, signal: AbortSignal): Promise<PreviewAnswer> {
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
    const child = idle.pop() ?? (await start());
    let answer: PreviewAnswer;
    try {
      answer = await askDecoder(child, task, { timeoutMs, signal, onDecoded });
    } catch (error) {
      end(child);
      if (error instanceof DecoderCrash && !isClosed) {
        onCrash({ reason: error.message, stderr: stderr.get(child) ?? '' });
      }
      throw error;
    }
    const { cpuSeconds, residentBytes } = answer.usage;
    const hadItsShare = cpuSeconds > SHARE.cpuSeconds || residentBytes > SHARE.residentBytes;
    // One more than there are to be, where a file came while the kinds were tried.
    if (hadItsShare || all.size > processes) end(child);
    else idle.push(child);
    if ('failure' in answer) throw new Error(`The previews were not written: ${answer.failure}`);
    return answer;
  }

  async function probe(): Promise<PreviewCapabilities> {
    const what = `${entry} ${toolPath}`;
    const known = tried.get(what);
    if (known !== undefined) return known;
    // Not behind files: readiness waits for it.
    const answer = await runOnce({ probe: true }, new AbortController().signal);
    if (!('kinds' in answer)) throw new Error('The preview process did not report its kinds');
    const capabilities = { kinds: answer.kinds, isOffline: (await openSandbox()).isOffline };
    tried.set(what, capabilities);
    return capabilities;
  }

  return {
    async run(request, signal) {
      let preview = request;
      for (let crashes = 0; ; ) {
        try {
          const answer = await working(() => inTurn(preview, signal));
          if ('result' in answer) return answer.result;
          throw new Error('The preview process did not answer with a preview');
        } catch (error) {
          if (!(error instanceof DecoderCrash) || preview.unopened !== undefined) throw error;
          // A crash may be the machine's (no memory left), twice are the bytes. Time is theirs at once:
          // a second try would only keep others waiting as long again.
          crashes += error.isOfTime ? MAX_CRASHES : 1;
          if (crashes >= MAX_CRASHES) preview = { ...request, unopened: error.message };
        }
      }
    },
    capabilities() {
      capabilities ??= probe().catch((error) => {
        // Asked again, it is tried again.
        capabilities = undefined;
        throw error;
      });
      return capabilities;
    },
    close() {
      isClosed = true;
      for (const child of all) end(child);
    },
  };
}

function processesFor(concurrency: number): number {
  return concurrency < availableParallelism() ? concurrency + 1 : concurrency;
}

/** Ends a process and whatever it has started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Gone already.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Not waited for: to try every decoder takes a moment, and nothing depends on it. */
export function logCapabilities(pool: PreviewPool, log: Logger, stopping: AbortSignal): void {
  pool
    .capabilities()
    .then(({ kinds, isOffline }) => {
      const missing = kinds.filter((kind) => kind.missing !== null);
      log.info(
        {
          previews: kinds.filter((kind) => kind.missing === null).map(({ name }) => name),
          missing: Object.fromEntries(missing.map(({ name, missing }) => [name, missing?.problem])),
          isOffline,
        },
        'previews that can be made',
      );
      if (isOffline) return;
      log.warn(
        'decoders share the network and the user of this service: this system lets no process give up the ' +
          'network (unshare). In a container see "Decoders in a container" in docs/operations.md',
      );
    })
    .catch((error: Error) => {
      if (!stopping.aborted) log.error({ err: error }, 'no previews can be made');
    });
}
