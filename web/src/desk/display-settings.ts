import { computed, signal } from '@preact/signals';
import { caller } from '../session/session.ts';

/** How a moderator works at the desk. */
export interface DeskSettings {
  /** Pictures, until they are revealed. */
  blur: boolean;
  grey: boolean;
  /** Videos begin without sound. */
  muted: boolean;
  /** After what the page reminds of a break. */
  breakAfter: 'never' | 'minutes' | 'items';
  /** Of work, not of time that has passed. */
  breakMinutes: number;
  breakItems: number;
}

// Guides for work at screens recommend five to ten minutes after 50 to 60 of work.
const DEFAULTS: DeskSettings = {
  blur: true,
  grey: true,
  muted: true,
  breakAfter: 'minutes',
  breakMinutes: 60,
  breakItems: 100,
};
const changes = signal(0);

/** Those of the moderator who is signed in; the browser keeps them. */
export const displaySettings = computed<DeskSettings>(() => {
  // Read anew after each change.
  void changes.value;
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(key()) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
});

export function setDisplay(change: Partial<DeskSettings>): void {
  localStorage.setItem(key(), JSON.stringify({ ...displaySettings.peek(), ...change }));
  changes.value += 1;
}

function key(): string {
  return `desk-display ${caller.value?.name ?? ''}`;
}
