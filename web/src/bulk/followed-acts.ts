import { signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { BulkAct } from '../api/types.ts';
import { announce, notifyError } from '../frame/announcements.tsx';
import { caller, isAdmin } from '../session/session.ts';
import { strings } from '../strings.ts';
import { outcomeTexts } from './bulk-words.ts';

// Bulk acts of whoever uses the page, while they are done and until what has become of them was read. The server does
// them, also when the page is closed; opened again, the page finds those that are in progress.

/** Oldest first. */
export const followed = signal<readonly BulkAct[]>([]);

const POLL_MS = 1000;
/** Of those that were begun last, the ones in progress are among them. */
const LATEST = 20;

let timer: number | undefined;
const endListeners = new Set<() => void>();
/** What was asked for and not answered: pressed twice, it is asked for once. */
const asked = new Set<string>();

/**
 * Calls when an act has ended: what is shown may have changed.
 *
 * @returns ends it
 */
export function onBulkEnd(listener: () => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

export function followBulk(act: BulkAct): void {
  followed.value = [...followed.peek().filter(({ id }) => id !== act.id), act];
  announce(strings.bulk.doing[act.action]);
  lookSoon();
}

/** It is not shown any more; the server goes on. */
export function dismissBulk(id: string): void {
  followed.value = followed.peek().filter((act) => act.id !== id);
}

/** Finds those that are in progress, such as after a reload. */
export async function followRunning(): Promise<void> {
  const params = { query: { limit: LATEST } };
  const { items } = bodyOf(await api.GET('/api/v1/bulk', { params }));
  const own = items.filter(
    (act) => act.endedAt === null && isOwn(act) && act.state !== 'selecting',
  );
  const known = new Set(followed.peek().map(({ id }) => id));
  const found = own.toReversed().filter(({ id }) => !known.has(id));
  followed.value = [...found, ...followed.peek()];
  lookSoon();
}

/** Whether it is in progress, and whoever uses the page may end it. */
export function canCancel(act: BulkAct): boolean {
  return act.endedAt === null && (isAdmin.peek() || isOwn(act));
}

/** @returns whether it was cancelled; why not, is said in a notice */
export function cancelBulk(id: string): Promise<boolean> {
  return once(id, async () => {
    const params = { path: { id } };
    update(bodyOf(await api.POST('/api/v1/bulk/{id}/cancel', { params })));
  });
}

/** @returns whether its undo has begun, which is followed then; why not, is said in a notice */
export function undoBulk(id: string): Promise<boolean> {
  return once(id, async () => {
    const header = { 'Idempotency-Key': undoKey(id) };
    const params = { path: { id }, header };
    const undo = bodyOf(await api.POST('/api/v1/bulk/{id}/undo', { params }));
    undoKeys.delete(id);
    dismissBulk(id);
    followBulk(undo);
  });
}

/** The same until there is an answer: asked again after a lost one, it is begun once. */
const undoKeys = new Map<string, string>();
function undoKey(id: string): string {
  const key = undoKeys.get(id) ?? crypto.randomUUID();
  undoKeys.set(id, key);
  return key;
}

async function once(id: string, run: () => Promise<void>): Promise<boolean> {
  if (asked.has(id)) return false;
  asked.add(id);
  try {
    await run();
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  } finally {
    asked.delete(id);
  }
}

function isOwn({ requestedBy }: BulkAct): boolean {
  return requestedBy === caller.peek()?.name;
}

function lookSoon(): void {
  if (timer !== undefined || !followed.peek().some(({ endedAt }) => endedAt === null)) return;
  timer = window.setTimeout(() => void look(), POLL_MS);
}

async function look(): Promise<void> {
  const running = document.hidden ? [] : followed.peek().filter(({ endedAt }) => endedAt === null);
  for (const { id } of running) {
    try {
      update(bodyOf(await api.GET('/api/v1/bulk/{id}', { params: { path: { id } } })));
    } catch (error) {
      // Without an answer it is looked at again.
      if (error instanceof ApiProblem && error.code === 'not_found') dismissBulk(id);
    }
  }
  timer = undefined;
  lookSoon();
}

function update(act: BulkAct): void {
  const before = followed.peek().find(({ id }) => id === act.id);
  if (before === undefined) return;
  followed.value = followed.peek().map((known) => (known.id === act.id ? act : known));
  if (before.endedAt !== null || act.endedAt === null) return;
  announce(outcomeTexts(act).join(' '));
  for (const listener of endListeners) listener();
}
