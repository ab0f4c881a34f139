import { signal } from '@preact/signals';
import { strings } from '../strings.ts';
import { Dialog } from './dialog.tsx';
import { shortcuts } from './shortcuts.ts';

export const isKeyHelpOpen = signal(false);

const names: Record<string, string> = strings.keyNames;

/** Lists the keys that do something now. */
export function KeyHelp() {
  if (!isKeyHelpOpen.value) return null;
  const close = () => {
    isKeyHelpOpen.value = false;
  };
  return (
    <Dialog title={strings.header.keys} onClose={close} class="key-help">
      <dl>
        {shortcuts.value
          .filter(({ isOfUse = () => true }) => isOfUse())
          .map(({ keys, label }) => (
            <div key={label}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{nameOf(key)}</kbd>
                ))}
              </dt>
              <dd>{label}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}

/** Such as "Shift+←" for `Shift+ArrowLeft`. */
function nameOf(key: string): string {
  const parts = key.split(/(?<=.)\+/);
  return parts
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join('+');
}
