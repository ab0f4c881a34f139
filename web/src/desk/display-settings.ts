import { computed, signal } from '@preact/signals';
import { caller } from '../session/session.ts';

/** How pictures are shown at the desk. */
export interface DisplaySettings {
  /** Until they are revealed. */
  blur: boolean;
  grey: boolean;
  /** Videos begin without sound. */
  muted: boolean;
}

const ALL_ON: DisplaySettings = { blur: true, grey: true, muted: true };
const changes = signal(0);

/** Those of the moderator who is signed in; the browser keeps them. */
export const displaySettings = computed<DisplaySettings>(() => {
  // Read anew after each change.
  void changes.value;
  try {
    return { ...ALL_ON, ...JSON.parse(localStorage.getItem(key()) ?? '{}') };
  } catch {
    return ALL_ON;
  }
});

export function setDisplay(name: keyof DisplaySettings, isOn: boolean): void {
  localStorage.setItem(key(), JSON.stringify({ ...displaySettings.peek(), [name]: isOn }));
  changes.value += 1;
}

function key(): string {
  return `desk-display ${caller.value?.name ?? ''}`;
}
