import { useSignal } from '@preact/signals';
import { askBulk } from '../bulk/asked-bulk.tsx';
import type { BulkAction } from '../bulk/bulk-selection.ts';
import type { Filter } from '../find/filter.ts';
import { notifyError } from '../frame/announcements.tsx';
import { Icon, IconButton, type IconName } from '../frame/icons.tsx';
import type { Shortcut } from '../frame/shortcuts.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { downloadMany } from './download-many.ts';
import { clearSelection, isAllSelected, selectAll, selected } from './selection.ts';

/** What moderators are offered in the bar, with the keys that do the same; the dialog has the rest. */
const ACTS: readonly { action: BulkAction; icon: IconName; keys: string[] }[] = [
  { action: 'approve', icon: 'approve', keys: ['a'] },
  { action: 'hold', icon: 'hold', keys: ['h'] },
  { action: 'quarantine', icon: 'shield', keys: ['q'] },
  { action: 'delete', icon: 'trash', keys: ['Delete', 'Backspace'] },
];

/** Asks about what is selected: nothing is done before it was counted. */
function ask(action: BulkAction, filter: Filter): void {
  const selection = isAllSelected.peek()
    ? ({ kind: 'filter', filter } as const)
    : ({ kind: 'sids', sids: [...selected.peek()] } as const);
  askBulk({ selection, action, onBegun: clearSelection });
}

/** The keys of the bar. */
export function selectionShortcuts(filter: Filter): Shortcut[] {
  const isOfUse = () => isModerator.value && selected.value.size > 0;
  const shortcut = (keys: string[], label: string, run: () => void): Shortcut => ({
    keys,
    label,
    isOfUse,
    run: () => {
      if (isOfUse()) run();
    },
  });
  return [
    shortcut(['*'], strings.grid.keys.all, selectAll),
    ...ACTS.map(({ action, keys }) =>
      shortcut(keys, strings.grid.keys.decide(strings.bulk.actions[action]), () =>
        ask(action, filter),
      ),
    ),
  ];
}

/** What can be done with the attachments that are selected. */
export function SelectionBar({ filter }: { filter: Filter }) {
  const { size } = selected.value;
  if (size === 0) return null;
  const isAll = isAllSelected.value;
  return (
    <div class="selection-bar" role="toolbar" aria-label={strings.grid.selection}>
      <div class="selection-what">
        <IconButton icon="close" label={strings.grid.clearSelection} onClick={clearSelection} />
        <span class="selection-count">
          {isAll ? strings.grid.allSelected : strings.grid.selected(size)}
        </span>
        {isModerator.value && !isAll && (
          <button type="button" class="text-button" onClick={selectAll}>
            {strings.grid.selectAll}
          </button>
        )}
      </div>
      <div class="selection-acts">
        {isModerator.value &&
          ACTS.map(({ action, icon }) => (
            <button
              key={action}
              type="button"
              class="text-button"
              onClick={() => ask(action, filter)}
            >
              <Icon name={icon} />
              <span>{strings.bulk.actions[action]}</span>
            </button>
          ))}
        {!isAll && <DownloadButton />}
      </div>
    </div>
  );
}

function DownloadButton() {
  const progress = useSignal<string | null>(null);

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
    <button
      type="button"
      class="text-button"
      aria-disabled={progress.value !== null}
      onClick={() => void download()}
    >
      <Icon name="download" />
      <span>{progress.value ?? strings.grid.download}</span>
    </button>
  );
}
