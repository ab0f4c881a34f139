import { address, go, remember, remembered } from '../../address.ts';
import { SenderList } from './sender-list.tsx';
import { SenderView } from './sender-view.tsx';

/** Senders about whom something was decided, and one of them. A number is in the history of the tab, and not in the address. */
export function SendersPage() {
  const { filter = {} } = address.value.list ?? {};
  const sender = remembered('sender');
  if (typeof sender === 'string') return <SenderView key={sender} address={sender} />;
  return <SenderList filter={filter} onOpen={open} />;
}

function open(sender: string): void {
  go({ page: 'desk', filter: {}, list: { name: 'senders', filter: {} } });
  remember('sender', sender);
}
