import { useSignal } from '@preact/signals';
import { notifyError } from '../frame/announcements.tsx';
import { Icon, IconButton } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import { downloadMany } from './download-many.ts';
import { clearSelection, selected } from './selection.ts';

/** What can be done with the attachments that are selected. */
export function SelectionBar() {
  const progress = useSignal<string | null>(null);
  const { size } = selected.value;
  if (size === 0) return null;

  async function download(): Promise<void> {
    if (progress.value !== null) return;
    progress.value = strings.grid.preparing(0);
    try {
      await downloadMany([...selected.value], (part) => {
        progress.value = strings.grid.preparing(part);
      });
    } catch (error) {
      notifyError(error);
    } finally {
      progress.value = null;
    }
  }

  return (
    <div class="selection-bar" role="toolbar" aria-label={strings.grid.selection}>
      <IconButton icon="close" label={strings.grid.clearSelection} onClick={clearSelection} />
      <span class="selection-count">{strings.grid.selected(size)}</span>
      <button
        type="button"
        class="text-button"
        aria-disabled={progress.value !== null}
        onClick={() => void download()}
      >
        <Icon name="download" />
        <span>{progress.value ?? strings.grid.download}</span>
      </button>
    </div>
  );
}
