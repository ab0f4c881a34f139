import { api, bodyOf } from '../../api/client.ts';
import type { DeletionTarget } from '../../api/types.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { usePages } from '../lists/use-pages.ts';
import { PartState } from './part-state.tsx';

const texts = strings.desk.deletions;
type Target = DeletionTarget & { id: string };

const COLUMNS: readonly Column<Target>[] = [
  {
    name: texts.target,
    cell: ({ sid, kind, reason, nextTryAt, attempts }) => (
      <>
        {kind === 'media' ? (
          <PageLink to={{ page: 'desk', filter: {}, story: sid }}>{texts.kinds[kind]}</PageLink>
        ) : (
          texts.kinds[kind]
        )}
        <code class="target-sid">{sid}</code>
        {reason !== null && <p dir="auto">{reason}</p>}
        {nextTryAt !== null && (
          <small>
            {texts.nextTry(formatTime(nextTryAt))} · {texts.tries(attempts)}
          </small>
        )}
      </>
    ),
  },
  { name: texts.local, cell: ({ local }) => <PartState counts={{ [local]: 1 }} /> },
  { name: texts.previews, cell: ({ previews }) => <PartState counts={{ [previews]: 1 }} /> },
  { name: texts.upstream, cell: ({ upstream }) => <PartState counts={{ [upstream]: 1 }} /> },
];

/** Where each attachment and message of a deletion stands, and why it is not done. */
export function TargetsDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const pages = usePages<Target>(
    id,
    async (query) => {
      const params = { path: { id }, query };
      const answer = await api.GET('/api/v1/deletions/{id}/targets', { params });
      const { items, nextCursor } = bodyOf(answer);
      return { items: items.map((target) => ({ ...target, id: target.sid })), nextCursor };
    },
    { isLive: true },
  );
  const title = texts.title(id);
  return (
    <Dialog title={title} onClose={onClose} class="targets">
      <ListTable pages={pages} label={title} empty={texts.empty} columns={COLUMNS} />
    </Dialog>
  );
}
