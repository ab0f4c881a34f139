import { api, bodyOf } from '../../api/client.ts';
import { notify } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';

/**
 * Downloads everything of a sender as a zip. The browser keeps it until it is whole.
 *
 * @throws ApiProblem
 */
export async function exportSender(address: string): Promise<void> {
  const answer = await api.POST('/api/v1/senders/export', { body: { address }, parseAs: 'blob' });
  const { headers } = answer.response;
  if (headers.get('X-Message-Count') === '0') {
    notify({ text: strings.desk.senders.nothing });
    return;
  }
  const url = URL.createObjectURL(bodyOf(answer) as Blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = /filename="([^"]+)"/.exec(headers.get('Content-Disposition') ?? '')?.[1] ?? '';
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
