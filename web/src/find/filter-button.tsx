import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { address, filter } from '../address.ts';
import { IconButton } from '../frame/icons.tsx';
import { lazyPart } from '../frame/lazy-part.tsx';
import { listenForKeys } from '../frame/shortcuts.ts';
import { strings } from '../strings.ts';

const isOpen = signal(false);
const FilterPanel = lazyPart(
  () => import('./filter-panel.tsx').then(({ FilterPanel }) => FilterPanel),
  close,
);

function close(): void {
  isOpen.value = false;
}

/** Opens the filter, and says how many of its fields are filled in. */
export function FilterButton() {
  // A conversation has a sender, and no other filter.
  const isList = address.value.page === 'grid';
  const count = isList ? Object.keys(filter.value).length : 0;
  const open = () => {
    isOpen.value = true;
  };
  useEffect(() => listenForKeys([{ keys: ['f'], label: strings.find.filter, run: open }]), []);
  const label = count === 0 ? strings.find.filter : strings.find.filterCount(count);
  return (
    <div class="filter-button">
      <IconButton icon="filter" label={label} onClick={open}>
        {count > 0 && (
          <span class="filter-count" aria-hidden="true">
            {count}
          </span>
        )}
      </IconButton>
    </div>
  );
}

/** What the button opens; not within the bar of the button, which is a landmark of its own. */
export function OpenedFilter() {
  return isOpen.value ? <FilterPanel onClose={close} /> : null;
}
