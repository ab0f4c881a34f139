import { z } from 'zod';
import { AppError, ERROR_CODES } from '../errors/app-error.ts';

// The fields of the API's responses that the commands use.

const count = z.int().min(0);
const time = z.iso.datetime().nullable();

export const retryAnswer = z.object({ retried: count });

export type ReachAnswer = z.output<typeof reachAnswer>;
export const reachAnswer = z.object({ media: count, messages: count });

export const rebuildAnswer = z.object({ marked: count, remaining: count });
export const remainingAnswer = z.object({ remaining: count });

const targetsByState = z.record(z.string(), count);
export type DeletionAnswer = z.output<typeof deletionAnswer>;
export const deletionAnswer = z.object({
  id: z.string(),
  targets: count,
  local: targetsByState,
  upstream: targetsByState,
  completedAt: time,
});

export type ErasureAnswer = z.output<typeof erasureAnswer>;
export const erasureAnswer = z.object({
  id: z.string(),
  deletionId: z.string().nullable(),
  purgedAt: time,
});

export type ReconciliationAnswer = z.output<typeof reconciliationAnswer>;
export const reconciliationAnswer = z.object({
  id: z.string(),
  state: z.string(),
  progress: z.number().min(0).max(1),
  listed: count,
  missing: count,
  takenIn: count,
  failed: count,
  missingSids: z.array(z.string()),
  error: z.string().nullable(),
  endedAt: time,
});

export const problemAnswer = z.object({
  // A server of another release may have other codes.
  code: z.enum(ERROR_CODES).catch('unavailable'),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** @throws AppError `unavailable` for a response without these fields, as of another release */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'all'))];
  const message = `The server answers in another format (${fields.join(', ')}): is it another release?`;
  throw new AppError('unavailable', message, { cause: parsed.error });
}
