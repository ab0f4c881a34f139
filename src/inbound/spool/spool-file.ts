import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { codeOf } from '../../errors/caught.ts';
import { syncPath } from '../../files/folder-sync.ts';
import { type InboundMessage, suspicion } from '../inbound-message.ts';

// A name is a sequence number, which does not depend on the clock, a hint of the signature, and a random
// part that makes it unique. In files of earlier versions the hint is random, too.
export const NAME = /^(\d{12})-([0-9a-f]{6})[0-9a-f]{6}\.json$/;

/** The folder within the spool for messages that the database refuses. */
export const REJECTED = 'rejected';

/** The name of a new file. */
export function spoolName(place: number, message: InboundMessage): string {
  const end = hintOf(message) + randomBytes(3).toString('hex');
  return `${String(place).padStart(12, '0')}-${end}.json`;
}

/** Six hexadecimal digits of a hash of the signature, or of the sid if there is no signature. */
export function hintOf({ signatureHash, sid }: InboundMessage): string {
  return createHash('sha256')
    .update(signatureHash ?? sid)
    .digest('hex')
    .slice(0, 6);
}

const message = z.object({
  sid: z.string(),
  accountSid: z.string(),
  from: z.string(),
  to: z.string(),
  body: z.string(),
  params: z.record(z.string(), z.json()),
  source: z.enum(['webhook', 'reconcile']),
  receivedAt: z.iso.datetime().transform((text) => new Date(text)),
  media: z.array(
    z.object({
      sid: z.string(),
      index: z.int(),
      url: z.string().nullable(),
      declaredContentType: z.string().nullable(),
      state: z.enum(['pending', 'failed']),
      reason: z.string().nullable(),
    }),
  ),
  // Missing in files of earlier versions.
  signatureHash: z.string().nullable().default(null),
  suspect: suspicion.nullable().default(null),
});

// A message may be set aside because the full schema does not match; these fields are enough to delete it.
const minimalMessage = z.object({
  sid: z.string(),
  accountSid: z.string(),
  from: z.string(),
  receivedAt: message.shape.receivedAt.catch(new Date(0)),
});

/**
 * Reads a file.
 *
 * @throws SyntaxError, ZodError
 */
export function parseSpooled(text: string): InboundMessage {
  return message.parse(JSON.parse(text));
}

/** Reads as much of a file as is valid; undefined when that is not enough to delete the message. */
export function parseMinimal(text: string): InboundMessage | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const whole = message.safeParse(json);
    if (whole.success) return whole.data;
    const { data } = minimalMessage.safeParse(json);
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

// Twilio gives up on a webhook long before a write takes this long.
const MAX_WRITE_MS = 60_000;
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
// A restarted container often has the same pid again.
const PROCESS = randomBytes(6).toString('hex');
/** Of a file that is being written, or was when its process ended. */
export const UNFINISHED_NAME = /\.([0-9a-f]{12})-(\d+)-([0-9a-f]{12})\.new$/;

/** Name of a file while this process writes it: other processes see from it which one does. */
export function unfinishedName(name: string): string {
  return `${name}.${HOST}-${process.pid}-${PROCESS}.new`;
}

/** Whether an unfinished file is abandoned: its writer has exited, or it is older than any write takes. */
export async function isAbandoned(path: string): Promise<boolean> {
  const [, host, pid, writer] = UNFINISHED_NAME.exec(basename(path)) ?? [];
  if (host === HOST && writer !== PROCESS && !isRunning(Number(pid))) return true;
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > MAX_WRITE_MS;
}

/** Whether another process with this pid is running. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const FILE_MODE = 0o600;

/**
 * Writes a file atomically: under an unfinished name, synced, then renamed.
 *
 * @throws AppError `unavailable`
 */
export async function placeFile(folder: string, name: string, text: string): Promise<void> {
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
    throw new AppError('unavailable', 'The message cannot be stored right now.', { cause });
  }
}
