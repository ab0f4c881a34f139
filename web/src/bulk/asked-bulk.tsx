import { signal } from '@preact/signals';
import { lazyPart } from '../frame/lazy-part.tsx';
import type { BulkAction, BulkSelection } from './bulk-selection.ts';

/** What somebody is about to do with many attachments. */
export interface AskedBulk {
  selection: BulkSelection;
  /** Undefined: it has to be chosen. */
  action?: BulkAction;
  onBegun?: () => void;
}

const asked = signal<AskedBulk>();

/** Counts first, and asks before anything is done. */
export function askBulk(bulk: AskedBulk): void {
  asked.value = bulk;
}

const close = () => {
  asked.value = undefined;
};
const BulkDialog = lazyPart(
  () => import('./bulk-dialog.tsx').then(({ BulkDialog }) => BulkDialog),
  close,
);

/** The dialog that asks, while there is something to ask. */
export function OpenedBulk() {
  return asked.value && <BulkDialog {...asked.value} onClose={close} />;
}
