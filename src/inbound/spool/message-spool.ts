import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { unlessGone } from '../../errors/caught.ts';
import { requireRoom } from '../../files/disk-space.ts';
import { syncPath } from '../../files/folder-sync.ts';
import { makeFolder } from '../../files/folders.ts';
import type { InboundMessage } from '../inbound-message.ts';
import {
  hintOf,
  isAbandoned,
  NAME,
  parseSpooled,
  placeFile,
  REJECTED,
  spoolName,
  unfinishedName,
} from './spool-file.ts';
import { addsNothing, createSpoolIndex } from './spool-index.ts';
import { messagesIn, type SpooledMessage } from './spooled-messages.ts';

/** Content of a spool. */
interface SpoolSize {
  messages: number;
  bytes: number;
  /** Messages that the database refuses, set aside for the operator. */
  rejected: number;
}

/** Messages on disk that are not committed to the database yet. */
export interface MessageSpool {
  /**
   * Resolves once the message is synced to disk. A message that is here already, waiting or set aside, is not
   * written again.
   *
   * @throws AppError `unavailable` when the spool is full or cannot be written
   */
  write(message: InboundMessage): Promise<void>;
  /** Names of the waiting files, oldest first; also updates `size`. */
  names(): Promise<string[]>;
  /** `undefined`: another receiver that shares the folder has committed and removed it. */
  read(name: string): Promise<InboundMessage | undefined>;
  remove(name: string): Promise<void>;
  /** Sets a file aside, under `rejected/`, until the next start. */
  reject(name: string): Promise<void>;
  /**
   * Waiting messages, then those set aside, each as far as it can be read.
   *
   * @param seen paths of files that are left out; those that are read are added. A file that is set aside meanwhile
   *   has another path.
   */
  everything(seen?: Set<string>): AsyncGenerator<SpooledMessage>;
  /** Messages set aside, as far as they can be read; waiting files are not opened. */
  setAside(): AsyncGenerator<SpooledMessage>;
  size(): SpoolSize;
  /** @throws AppError `unavailable` when `write` could not store a large message */
  checkWritable(): Promise<void>;
}

// More than any message takes: a webhook has at most 64 KiB, its text is stored twice in a file, and in JSON
// one byte may take six (a control character as `\u0001`).
const ROOM_BYTES = 1024 * 1024;

/**
 * Opens the spool in a folder, which is created when missing; other receivers may have it open, too. Files
 * left unfinished by a dead process are removed. Messages set aside are put back for another try, because an
 * upgrade may have fixed the cause, as long as half of the space stays free for new messages.
 *
 * @param maxBytes size limit of the spool
 */
export async function openMessageSpool(folder: string, maxBytes: number): Promise<MessageSpool> {
  await makeFolder(join(folder, REJECTED));
  await syncPath(dirname(folder));
  const sizes = new Map<string, number>();
  const writing = new Set<string>();
  const index = createSpoolIndex();
  /** The last write of each hint, because writes of the same signature must be sequential. */
  const lastWrites = new Map<string, Promise<void>>();
  let last = 0;
  let bytes = 0;

  function count(name: string, size: number): void {
    sizes.set(name, size);
    bytes += size;
    index.add(name);
  }

  function uncount(name: string): void {
    bytes -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }

  /** Updates the counts with the files that other processes have added or removed. */
  async function namesNow(): Promise<string[]> {
    const counted = [...sizes.keys()].filter((name) => !writing.has(name));
    const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
    const present = new Set(names);
    for (const name of counted) {
      if (present.has(name)) continue;
      uncount(name);
      index.drop(name);
    }
    const foreign = names.filter((name) => !sizes.has(name));
    // Once indexed, another process's file answers a repeated delivery, so it has to be on disk.
    if (foreign.length > 0) await syncPath(folder);
    for (const name of foreign) {
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
      index.add(name);
      continue;
    }
    await unlessGone(rename(join(folder, REJECTED, name), join(folder, name)));
    last = Math.max(last, Number(NAME.exec(name)?.[1]));
    count(name, size);
  }

  /** An unreadable file counts as different from every message. */
  async function readIfReadable(name: string): Promise<InboundMessage | undefined> {
    for (const where of [folder, join(folder, REJECTED)]) {
      try {
        return parseSpooled(await readFile(join(where, name), 'utf8'));
      } catch {
        // It is in the other folder, or another process has removed it.
      }
    }
    return undefined;
  }

  async function isStored(message: InboundMessage): Promise<boolean> {
    const read = await Promise.all(index.candidates(message).map(readIfReadable));
    return addsNothing(
      message,
      read.filter((found) => found !== undefined),
    );
  }

  async function writeNew(message: InboundMessage): Promise<void> {
    const text = JSON.stringify(message);
    const size = Buffer.byteLength(text);
    if (bytes + size > maxBytes) {
      throw new AppError(
        'unavailable',
        'The message cannot be stored right now: the spool is full.',
      );
    }
    last += 1;
    const name = spoolName(last, message);
    // Counted before it is written, so that concurrent writes cannot exceed the limit.
    writing.add(name);
    count(name, size);
    try {
      await placeFile(folder, name, text);
    } catch (error) {
      uncount(name);
      index.drop(name);
      throw error;
    } finally {
      writing.delete(name);
    }
  }

  const waiting = (seen?: Set<string>) => {
    const removed = (name: string) => {
      index.drop(name);
      uncount(name);
    };
    return messagesIn(folder, { seen, removed });
  };

  const setAside = (seen?: Set<string>) => {
    const removed = (name: string) => {
      index.drop(name);
      rejected -= 1;
    };
    return messagesIn(join(folder, REJECTED), { seen, removed });
  };

  return {
    async write(message) {
      const hint = hintOf(message);
      const before = lastWrites.get(hint);
      const turn = (async () => {
        // A failure of that write is reported to its own caller.
        await before?.catch(() => undefined);
        if (!(await isStored(message))) await writeNew(message);
      })();
      lastWrites.set(hint, turn);
      try {
        await turn;
      } finally {
        if (lastWrites.get(hint) === turn) lastWrites.delete(hint);
      }
    },
    names: namesNow,
    async read(name) {
      const text = await unlessGone(readFile(join(folder, name), 'utf8'));
      return text === undefined ? undefined : parseSpooled(text);
    },
    async remove(name) {
      await rm(join(folder, name), { force: true });
      uncount(name);
      index.drop(name);
    },
    async reject(name) {
      const moved = rename(join(folder, name), join(folder, REJECTED, name)).then(() => true);
      const isOurs = (await unlessGone(moved)) ?? false;
      await syncPath(join(folder, REJECTED));
      uncount(name);
      // Otherwise another process has taken it out, or set it aside.
      if (isOurs) rejected += 1;
    },
    async *everything(seen) {
      yield* waiting(seen);
      yield* setAside(seen);
    },
    setAside: () => setAside(),
    size: () => ({ messages: sizes.size, bytes, rejected }),
    async checkWritable() {
      if (bytes >= maxBytes) throw new AppError('unavailable', 'The spool is full.');
      await requireRoom(folder, ROOM_BYTES).catch((cause) => {
        throw new AppError('unavailable', 'The disk of the spool is full.', { cause });
      });
      const name = unfinishedName(`check-${randomBytes(6).toString('hex')}`);
      await placeFile(folder, name, 'writable?');
      await rm(join(folder, name), { force: true });
    },
  };
}
