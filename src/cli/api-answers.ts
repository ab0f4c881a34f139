import { z } from 'zod';
import { ERROR_CODES } from '../errors/app-error.ts';

// What the commands read of the API's answers.

const count = z.int().min(0);
const time = z.iso.datetime().nullable();

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
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});
