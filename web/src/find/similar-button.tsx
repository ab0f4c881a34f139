import { signal } from '@preact/signals';
import { Icon } from '../frame/icons.tsx';
import { lazyPart } from '../frame/lazy-part.tsx';
import { strings } from '../strings.ts';

const isOpen = signal(false);
const SimilarSearch = lazyPart(
  () => import('./similar-search.tsx').then(({ SimilarSearch }) => SimilarSearch),
  close,
);

function close(): void {
  isOpen.value = false;
}

/**
 * Opens the search by a picture. It is twice in the page: in the header, and in the filter where the header has no room.
 *
 * @param onOpen before it opens
 */
export function SimilarButton({ onOpen }: { onOpen?: () => void }) {
  return (
    <button
      type="button"
      class="text-button similar-button"
      onClick={() => {
        onOpen?.();
        isOpen.value = true;
      }}
    >
      <Icon name="picture" />
      {strings.find.similar.title}
    </button>
  );
}

export function OpenedSimilar() {
  return isOpen.value ? <SimilarSearch onClose={close} /> : null;
}
