import { computed, signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { api, onSessionEnd } from '../api/client.ts';
import type { Caller } from '../api/types.ts';
import { reloadOnce } from '../frame/reload-once.ts';

/** Who uses the page: unknown at first, null when nobody is signed in. */
export const caller = signal<Caller | null | undefined>(undefined);
/** Whether the session has ended while the page is open: it stays, and asks to sign in again. */
export const hasEnded = signal(false);
/** Why the server could not say who is signed in. */
export const startProblem = signal<Error | null>(null);

const RANKS = { viewer: 0, moderator: 1, admin: 2 };
export const isModerator = computed(() => RANKS[caller.value?.role ?? 'viewer'] >= RANKS.moderator);
export const isAdmin = computed(() => caller.value?.role === 'admin');

/** Why the one-time link did not sign in. */
export const linkProblem = signal<Error | null>(null);

/** Tells the other tabs of this browser, which show what was read until they are loaded again. */
const signedOut = new BroadcastChannel('signed-out');
signedOut.addEventListener('message', () => {
  if (caller.peek()) location.reload();
});

let continuing: PromiseWithResolvers<void> | undefined;

/**
 * Finds out who is signed in; first signs in by the one-time link that has opened the page, if there is one.
 *
 * @param onSignedIn called when somebody is, before anything is drawn for them
 */
export async function startSession(onSignedIn?: () => void): Promise<void> {
  onSessionEnd(waitForSignIn);
  startProblem.value = null;
  const [, ticket] = /^#ticket=(\S+)$/.exec(location.hash) ?? [];
  try {
    if (ticket !== undefined) {
      // Neither in the history nor in a bookmark.
      history.replaceState(null, '', location.pathname + location.search);
      await api.POST('/api/v1/session', { body: { ticket } });
    }
  } catch (error) {
    // Used before, most likely by this browser: it may be signed in.
    linkProblem.value = error as Error;
  }
  try {
    const known = await fetchCaller();
    if (known !== null) {
      linkProblem.value = null;
      onSignedIn?.();
    }
    caller.value = known;
  } catch (error) {
    startProblem.value = error as Error;
  }
}

/** @returns null when nobody is signed in */
async function fetchCaller(): Promise<Caller | null> {
  // Not by `api`: nobody being signed in is an answer here.
  const response = await fetch('/api/v1/whoami').catch(() => undefined);
  if (response === undefined || response.status >= 500) {
    throw new ApiProblem('offline', response?.status ?? 0, '');
  }
  return response.ok ? ((await response.json()) as Caller) : null;
}

/**
 * Signs in with an API key.
 *
 * @throws ApiProblem `unauthorized` for a wrong key
 */
export async function signIn(key: string): Promise<void> {
  await api.POST('/api/v1/session', { body: { key } });
  await goOn();
}

/** Goes on with what has waited for a sign-in, here or in another tab. */
async function goOn(): Promise<void> {
  const before = caller.value;
  const now = await fetchCaller();
  if (now === null) return;
  if (before && (before.name !== now.name || before.role !== now.role)) {
    // Somebody else: what is shown, and what was begun, is not theirs.
    location.reload();
    return;
  }
  caller.value = now;
  hasEnded.value = false;
  continuing?.resolve();
  continuing = undefined;
}

export async function signOut(): Promise<void> {
  try {
    await api.DELETE('/api/v1/session');
  } catch (error) {
    // It has ended already.
    if (!(error instanceof ApiProblem && error.status === 401)) throw error;
  }
  signedOut.postMessage(null);
  // Everything that was read is gone with the page, also for Back.
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  location.assign('/');
}

function waitForSignIn(): Promise<void> {
  // The sign-in proxy asks for a new sign-in when the page is opened.
  if (caller.value?.signedInBy === 'proxy' && reloadOnce('proxy')) return new Promise(() => {});
  if (continuing === undefined) {
    continuing = Promise.withResolvers<void>();
    hasEnded.value = true;
    const isAgainThere = () => {
      if (!hasEnded.value) document.removeEventListener('visibilitychange', isAgainThere);
      else if (!document.hidden) void goOn().catch(() => undefined);
    };
    document.addEventListener('visibilitychange', isAgainThere);
  }
  return continuing.promise;
}
