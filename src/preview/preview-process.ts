import { setPriority } from 'node:os';
import sharp from 'sharp';
import { asError } from '../errors/caught.ts';
import { KINDS } from './kinds/preview-kinds.ts';
import { makePreview, type PreviewRequest } from './make-preview.ts';
import type { MissingTool } from './preview-kind.ts';
import type { PreviewResult } from './preview-result.ts';

// Entry of the child process that decodes strangers' bytes; it speaks to preview-pool.ts.

export type PreviewTask = { preview: PreviewRequest } | { probe: true };

/** One way to make previews, and what it lacks on this machine. */
export interface KindReport {
  name: string;
  types: string[];
  missing: MissingTool | null;
}

/** What came of a task; `failure` where the bytes are not to blame. */
export type PreviewAnswer = (
  | { result: PreviewResult }
  | { kinds: KindReport[] }
  | { failure: string }
) & {
  /** Of this process since its start, to know when it has had its share. */
  usage: { cpuSeconds: number; residentBytes: number };
};

/** What the process says: of a preview first that nothing but its thumbnails is left to do. */
type PreviewMessage = { decoded: true } | PreviewAnswer;

const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

// One picture at a time and one thread for it: there is a process per core already, and more threads
// would only take turns. libvips' cache would keep strangers' pixels for nobody, as no picture is
// asked for twice.
sharp.concurrency(1);
sharp.cache(false);
// Whatever bytes claim to be: no SVG, no PDF and nothing else that loads other documents.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS.map((format) => `VipsForeignLoad${format}`) });
// Whoever answers Twilio goes first.
setPriority(10);

// A signal to the whole group (Ctrl-C, systemd) is the parent's business: it ends this process when
// no picture needs it any more.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
// The parent is gone: this process leads a group of its own, which holds what it started, too.
process.on('disconnect', () => process.kill(0, 'SIGKILL'));

process.on('message', async (task: PreviewTask) => {
  say({ ...(await answer(task)), usage: usage() });
});

function say(message: PreviewMessage): void {
  process.send?.(message);
}

async function answer(task: PreviewTask) {
  try {
    if ('probe' in task) return { kinds: await Promise.all(KINDS.map(report)) };
    return { result: await makePreview(task.preview, () => say({ decoded: true })) };
  } catch (error) {
    return { failure: asError(error).message };
  }
}

async function report({ name, types, probe }: (typeof KINDS)[number]): Promise<KindReport> {
  return { name, types: [...types].map((type) => type ?? 'unknown'), missing: await probe() };
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}
