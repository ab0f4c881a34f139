import { useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { BulkAct, BulkItem } from '../../api/types.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { usePages } from '../lists/use-pages.ts';

const texts = strings.bulk;
type Outcome = BulkItem['outcome'];
type Item = BulkItem & { id: string };

/** The attachments of an act, with what has become of each. */
export function BulkItemsDialog({ act, onClose }: { act: BulkAct; onClose: () => void }) {
  const { id, action, createdAt, counts } = act;
  const [outcome, setOutcome] = useState<Outcome | ''>('');
  const pages = usePages<Item>(
    `${id} ${outcome}`,
    async (page) => {
      const query = { ...page, ...(outcome !== '' && { outcome }) };
      const params = { path: { id }, query };
      const answer = await api.GET('/api/v1/bulk/{id}/items', { params });
      const { items, nextCursor } = bodyOf(answer);
      return { items: items.map((item) => ({ ...item, id: item.sid })), nextCursor };
    },
    { isLive: true },
  );
  const columns: readonly Column<Item>[] = [
    {
      name: texts.columns.attachment,
      cell: ({ sid, outcome: of }) =>
        of === 'unknown' ? (
          <code>{sid}</code>
        ) : (
          <PageLink to={{ page: 'desk', filter: {}, story: sid }}>
            <code>{sid}</code>
          </PageLink>
        ),
    },
    { name: texts.columns.outcome, cell: ({ outcome: of }) => texts.itemOutcomes[of] },
  ];
  const title = texts.actAt(texts.actions[action], formatTime(createdAt));
  const there = (Object.keys(counts) as Outcome[]).filter((name) => counts[name] > 0);
  return (
    <Dialog title={title} onClose={onClose} class="bulk-items">
      <select
        aria-label={texts.columns.outcome}
        value={outcome}
        onChange={({ currentTarget }) => setOutcome(currentTarget.value as Outcome | '')}
      >
        <option value="">{texts.anyOutcome}</option>
        {there.map((name) => (
          <option key={name} value={name}>
            {texts.itemOutcomes[name]}
          </option>
        ))}
      </select>
      <ListTable pages={pages} label={title} empty={texts.noItems} columns={columns} />
    </Dialog>
  );
}
