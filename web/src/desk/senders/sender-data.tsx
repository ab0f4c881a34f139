import { useState } from 'preact/hooks';
import { remember, remembered } from '../../address.ts';
import { notifyError } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { ErasureProgress } from './erasure-progress.tsx';
import { exportSender } from './export-sender.ts';

const texts = strings.desk.senders;

/** Gives out or erases everything of a sender, for admins. */
export function SenderData({ address, onErased }: { address: string; onErased: () => void }) {
  const [isExporting, setExporting] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [erasure, setErasure] = useState(() => remembered('erasure'));

  async function download(): Promise<void> {
    setExporting(true);
    try {
      await exportSender(address);
    } catch (error) {
      notifyError(error);
    } finally {
      setExporting(false);
    }
  }

  return (
    <section class="sender-data">
      <h2>{texts.data}</h2>
      <div>
        <p>{texts.exportHelp}</p>
        <button
          type="button"
          class="text-button"
          disabled={isExporting}
          onClick={() => void download()}
        >
          {isExporting ? texts.exporting : texts.export}
        </button>
      </div>
      <div>
        <p>{texts.eraseHelp}</p>
        <button type="button" class="text-button problem" onClick={() => setAsking(true)}>
          {texts.erase}
        </button>
      </div>
      {typeof erasure === 'string' && (
        <ErasureProgress key={erasure} id={erasure} onErased={onErased} />
      )}
      {isAsking && (
        <EraseDialog
          address={address}
          onBegun={(id) => {
            remember('erasure', id);
            setErasure(id);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
