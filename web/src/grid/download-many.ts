import { api, bodyOf } from '../api/client.ts';
import { notify } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';

const POLL_MS = 500;

/**
 * Downloads attachments as one zip: the server checks their files first.
 *
 * @param onProgress how much of that is done, from 0 to 1
 * @throws ApiProblem, or Error when the files could not be checked
 */
export async function downloadMany(
  sids: string[],
  onProgress: (part: number) => void,
): Promise<void> {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  let found = bodyOf(
    await api.POST('/api/v1/exports', { params: { header: headers }, body: { sids } }),
  );
  const path = { id: found.id };
  while (found.endedAt === null) {
    onProgress(found.done / Math.max(1, found.total));
    await new Promise((wait) => setTimeout(wait, POLL_MS));
    found = bodyOf(await api.GET('/api/v1/exports/{id}', { params: { path } }));
  }
  if (found.state !== 'ready') throw new Error(strings.grid.downloadFailed);
  if (found.omitted > 0) notify({ text: strings.grid.leftOut(found.omitted) });
  const link = document.createElement('a');
  link.href = `/api/v1/exports/${found.id}/archive`;
  link.download = '';
  link.click();
}
