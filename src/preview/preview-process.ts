import { getPriority, setPriority } from 'node:os';
import sharp from 'sharp';
import { asError, codeOf } from '../errors/caught.ts';
import { KINDS } from './kinds/preview-kinds.ts';
import { makePreview, type PreviewRequest } from './make-preview.ts';
import type { MissingTool } from './preview-kind.ts';
import type { PreviewResult } from './preview-result.ts';
import { makeRendition, type RenditionRequest } from './renditions/make-rendition.ts';
import type { RenditionResult } from './renditions/rendition-types.ts';

// Entry point of the child process that decodes untrusted bytes; preview-pool.ts talks to it over IPC.

export type PreviewTask =
  | { preview: PreviewRequest }
  | { rendition: RenditionRequest }
  | { probe: true };

/** One way to make previews, and what it lacks on this machine. */
export interface KindReport {
  name: string;
  types: string[];
  missing: MissingTool | null;
}

/** The result of a task; `failure` when the failure is not caused by the bytes, with the
 * system's code if it has one. */
export type PreviewAnswer = (
  | { result: PreviewResult }
  | { rendition: RenditionResult }
  | { kinds: KindReport[] }
  | { failure: string; code: string | undefined }
) & {
  /** Of this process since its start, so that the pool can recycle it. */
  usage: { cpuSeconds: number; residentBytes: number };
};

/** What the process sends: for a preview, first `decoded` when only the thumbnails are left to write. */
type PreviewMessage = { decoded: true } | PreviewAnswer;

const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

// One picture at a time and one thread for it: there is already a process per core, and more threads would
// only compete. libvips' operation cache is off, because no picture is decoded twice.
sharp.concurrency(1);
sharp.cache(false);
// Whatever type the bytes claim: no SVG, PDF or other loader that can open external documents.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS.map((format) => `VipsForeignLoad${format}`) });
// Lower priority than the process that answers Twilio's webhooks. Whoever has a lower one already may not raise it.
setPriority(Math.max(getPriority(), 10));

// A signal to all processes (Ctrl-C, systemd) is left to the parent: it ends this process once no preview
// needs it any more.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
// When the parent is gone, kill the whole process group, which this process leads: its own children, too.
process.on('disconnect', () => process.kill(0, 'SIGKILL'));

process.on('message', async (task: PreviewTask) => {
  send({ ...(await answer(task)), usage: usage() });
});

function send(message: PreviewMessage): void {
  process.send?.(message);
}

async function answer(task: PreviewTask) {
  try {
    if ('probe' in task) return { kinds: await Promise.all(KINDS.map(report)) };
    if ('rendition' in task) return { rendition: await makeRendition(task.rendition) };
    return { result: await makePreview(task.preview, () => send({ decoded: true })) };
  } catch (error) {
    return { failure: asError(error).message, code: codeOf(error) };
  }
}

async function report({ name, types, probe }: (typeof KINDS)[number]): Promise<KindReport> {
  return { name, types: [...types].map((type) => type ?? 'unknown'), missing: await probe() };
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}
