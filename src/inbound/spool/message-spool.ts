import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { requireRoom } from '../../storage/disk-room.ts';
import { makeFolder } from '../../storage/make-folder.ts';
import { syncPath } from '../../storage/sync-path.ts';
import type { InboundMessage } from '../inbound-message.ts';
import { SUSPICIONS } from '../suspect-request.ts';
import { isAbandoned, unfinishedName } from './unfinished-file.ts';

/** How much lies in a spool. */
export interface SpoolSize {
  messages: number;
  bytes: number;
  /** Messages that the database refuses, set aside for a person to look at. */
  rejected: number;
}

/** One message that is here. */
export interface SpooledMessage {
  message: InboundMessage;
  remove(): Promise<void>;
}

/** Messages on disk that the database could not take yet. */
export interface MessageSpool {
  /**
   * Resolves once the message is synced to disk.
   *
   * @throws AppError `unavailable` when the spool is full or cannot be written
   */
  write(message: InboundMessage): Promise<void>;
  /** Names of what is there, oldest first; `size` is made true by that. */
  names(): Promise<string[]>;
  /** `undefined`: another receiver that shares the folder has taken it. */
  read(name: string): Promise<InboundMessage | undefined>;
  remove(name: string): Promise<void>;
  /** Sets one aside, under `rejected/`, until the next start. */
  reject(name: string): Promise<void>;
  /** What waits, then what was set aside, each as far as it can be read. */
  everything(): AsyncGenerator<SpooledMessage>;
  size(): SpoolSize;
  /** @throws AppError `unavailable` where `write` could not keep a large message */
  checkWritable(): Promise<void>;
}

const REJECTED = 'rejected';
// A name is its place in the order, which no clock can turn around, and something no other has.
const NAME = /^(\d{12})-[0-9a-f]{12}\.json$/;
// More than any message takes: the body of a webhook has 32 KiB at most, and its text stands here twice,
// escaped.
const ROOM_BYTES = 256 * 1024;
const FILE_MODE = 0o600;

const message = z.object({
  ...{ sid: z.string(), accountSid: z.string() },
  ...{ from: z.string(), to: z.string(), body: z.string() },
  params: z.record(z.string(), z.json()),
  source: z.enum(['webhook', 'reconcile']),
  receivedAt: z.iso.datetime().transform((text) => new Date(text)),
  media: z.array(
    z.object({
      ...{ sid: z.string(), index: z.int(), url: z.string().nullable() },
      declaredContentType: z.string().nullable(),
      state: z.enum(['pending', 'failed']),
      reason: z.string().nullable(),
    }),
  ),
  // Not in files of earlier versions.
  signatureHash: z.string().nullable().default(null),
  suspect: z.enum(SUSPICIONS).nullable().default(null),
});

/**
 * Opens the spool in a folder, which is made when missing; other receivers may have it open, too. What
 * a process that died left half written is removed. What was set aside is put back to be tried once more, since an upgrade may have mended
 * what was wrong, as long as that leaves half of the room to new messages.
 *
 * @param maxBytes the most that it may hold
 */
export async function openMessageSpool(folder: string, maxBytes: number): Promise<MessageSpool> {
  await makeFolder(join(folder, REJECTED));
  await syncPath(dirname(folder));
  const sizes = new Map<string, number>();
  const writing = new Set<string>();
  let last = 0;
  let bytes = 0;

  function count(name: string, size: number): void {
    sizes.set(name, size);
    bytes += size;
  }

  function forget(name: string): void {
    bytes -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }

  /** Counts what others have put there, and no longer what they have taken out. */
  async function namesNow(): Promise<string[]> {
    const counted = [...sizes.keys()].filter((name) => !writing.has(name));
    const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
    const present = new Set(names);
    for (const name of counted) if (!present.has(name)) forget(name);
    for (const name of names.filter((name) => !sizes.has(name))) {
      const found = await unlessGone(stat(join(folder, name)));
      if (found !== undefined && !sizes.has(name)) count(name, found.size);
    }
    return names;
  }

  for (const name of await readdir(folder)) {
    if (NAME.test(name) || name === REJECTED) continue;
    const path = join(folder, name);
    if (await unlessGone(isAbandoned(path))) await rm(path, { recursive: true, force: true });
  }
  for (const name of await namesNow()) last = Math.max(last, Number(NAME.exec(name)?.[1]));
  let rejected = 0;
  for (const name of (await readdir(join(folder, REJECTED))).sort()) {
    const size = (await unlessGone(stat(join(folder, REJECTED, name))))?.size;
    if (size === undefined) continue;
    if (!NAME.test(name) || bytes + size > maxBytes / 2) {
      rejected += 1;
      continue;
    }
    await unlessGone(rename(join(folder, REJECTED, name), join(folder, name)));
    last = Math.max(last, Number(NAME.exec(name)?.[1]));
    count(name, size);
  }

  async function place(text: string, name: string): Promise<void> {
    const path = join(folder, unfinishedName(name));
    try {
      const file = await open(path, 'wx', FILE_MODE);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(path, join(folder, name));
      await syncPath(folder);
    } catch (cause) {
      await rm(path, { force: true }).catch(() => undefined);
      throw new AppError('unavailable', 'The message cannot be kept right now.', { cause });
    }
  }

  return {
    async write(message) {
      const text = JSON.stringify(message);
      const size = Buffer.byteLength(text);
      if (bytes + size > maxBytes) {
        throw new AppError(
          'unavailable',
          'The message cannot be kept right now: the spool is full.',
        );
      }
      last += 1;
      const name = `${String(last).padStart(12, '0')}-${randomBytes(6).toString('hex')}.json`;
      // Counted before it is there, so that many at once cannot fill it over its brim.
      writing.add(name);
      count(name, size);
      try {
        await place(text, name);
      } catch (error) {
        forget(name);
        throw error;
      } finally {
        writing.delete(name);
      }
    },
    names: namesNow,
    async read(name) {
      const text = await unlessGone(readFile(join(folder, name), 'utf8'));
      return text === undefined ? undefined : message.parse(JSON.parse(text));
    },
    async remove(name) {
      await rm(join(folder, name), { force: true });
      forget(name);
    },
    async reject(name) {
      await rename(join(folder, name), join(folder, REJECTED, name));
      await syncPath(join(folder, REJECTED));
      forget(name);
      rejected += 1;
    },
    async *everything() {
      for (const where of [folder, join(folder, REJECTED)]) {
        for (const name of (await readdir(where)).filter((name) => NAME.test(name)).sort()) {
          const path = join(where, name);
          // The one that drains the spool may have been quicker.
          const text = await unlessGone(readFile(path, 'utf8'));
          const found = text === undefined ? undefined : readWhatIsThere(text);
          if (found === undefined) continue;
          yield {
            message: found,
            async remove() {
              if ((await unlessGone(rm(path).then(() => true))) === undefined) return;
              if (where === folder) forget(name);
              else rejected -= 1;
            },
          };
        }
      }
    },
    size: () => ({ messages: sizes.size, bytes, rejected }),
    async checkWritable() {
      if (bytes >= maxBytes) throw new AppError('unavailable', 'The spool is full.');
      await requireRoom(folder, ROOM_BYTES).catch((cause) => {
        throw new AppError('unavailable', 'The disk of the spool is full.', { cause });
      });
      const name = unfinishedName(`check-${randomBytes(6).toString('hex')}`);
      await place('writable?', name);
      await rm(join(folder, name), { force: true });
    },
  };
}

// What was set aside may be so because it cannot be read otherwise: its sid is enough to delete it.
const least = z.object({
  ...{ sid: z.string(), accountSid: z.string(), from: z.string() },
  receivedAt: message.shape.receivedAt.catch(new Date(0)),
});

function readWhatIsThere(text: string): InboundMessage | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const whole = message.safeParse(json);
    if (whole.success) return whole.data;
    const { data } = least.safeParse(json);
    if (data === undefined) return undefined;
    return {
      ...data,
      to: '',
      body: '',
      params: {},
      source: 'webhook',
      media: [],
      signatureHash: null,
      suspect: null,
    };
  } catch {
    return undefined;
  }
}

/** @returns undefined when another receiver has taken the file meanwhile */
async function unlessGone<T>(task: Promise<T>): Promise<T | undefined> {
  try {
    return await task;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
