import { strings } from '../strings.ts';

const names: Record<string, string> = strings.desk.keyNames;

/** The key that does the same as a button. `aria-keyshortcuts` of the button says it. */
export function KeyHint({ of }: { of: string }) {
  return (
    <span class="key-hint" aria-hidden="true">
      <kbd>{of.length === 1 ? of.toUpperCase() : names[of]}</kbd>
    </span>
  );
}
