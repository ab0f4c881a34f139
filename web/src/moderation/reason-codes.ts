import { signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ReasonCode } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';

/** The team's list of codes for decisions, as it was read last. */
export const reasonCodes = signal<readonly ReasonCode[]>([]);

/** Reads the list; why that does not work is said in a notice. */
export async function readReasonCodes(): Promise<void> {
  try {
    const params = { query: { limit: 200 } };
    reasonCodes.value = bodyOf(await api.GET('/api/v1/reason-codes', { params })).items;
  } catch (error) {
    notifyError(error);
  }
}

export function reasonCodeOf(code: string): ReasonCode | undefined {
  return reasonCodes.value.find((known) => known.code === code);
}

/** What people read for a code; one that is not in the list is shown itself. */
export function labelOf(code: string): string {
  return reasonCodeOf(code)?.label ?? code;
}

/**
 * Says why a decision was refused. A reason code may have been removed since it was chosen: then the list is read again.
 */
export function notifyRefused(error: unknown): void {
  if (!isCodeRefused(error)) {
    notifyError(error);
    return;
  }
  notify({ text: strings.acts.codeRemoved, tone: 'error' });
  void readReasonCodes();
}

function isCodeRefused(error: unknown): boolean {
  return (
    error instanceof ApiProblem &&
    error.code === 'invalid_request' &&
    error.fields.some(({ field }) => field === 'reasonCode')
  );
}
