import { api, bodyOf } from '../../api/client.ts';
import type { BlocklistEntry, CaughtMedia } from '../../api/types.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { describe } from '../../grid/tile-text.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { usePages } from '../lists/use-pages.ts';
import './blocklist.css';

const texts = strings.desk.blocklist;
type Caught = CaughtMedia & { id: string };

const COLUMNS: readonly Column<Caught>[] = [
  {
    name: texts.attachment,
    cell: ({ media }) => (
      <>
        <PageLink to={{ page: 'desk', filter: {}, story: media.sid }}>{describe(media)}</PageLink>
        <code class="caught-sid">{media.sid}</code>
      </>
    ),
  },
  {
    name: texts.recognised,
    cell: ({ distance }) => (distance === null ? texts.byBytes : texts.byLook(distance)),
  },
  {
    name: texts.caughtAt,
    cell: ({ caughtAt }) => <time dateTime={caughtAt}>{formatTime(caughtAt)}</time>,
  },
  { name: texts.now, cell: ({ media }) => <Standing media={media} /> },
];

/** Whether it is here, and whose decision stands. */
function Standing({ media: { state, moderation, decision } }: Pick<CaughtMedia, 'media'>) {
  if (state === 'deleted') return <>{texts.deleted}</>;
  return (
    <>
      {strings.viewer.moderation[moderation]}
      {decision && <small>{strings.viewer.decidedBy(decision.by, formatTime(decision.at))}</small>}
    </>
  );
}

/** What an entry has caught, the last first; also of one that was taken out. */
export function CaughtDialog(props: { entry: BlocklistEntry; onClose: () => void }) {
  const { entry, onClose } = props;
  const { id } = entry;
  const pages = usePages<Caught>(`caught ${id}`, async (query) => {
    const params = { path: { id }, query };
    const answer = await api.GET('/api/v1/blocklist/{id}/caught', { params });
    const { items, nextCursor } = bodyOf(answer);
    return { items: items.map((caught) => ({ ...caught, id: caught.media.sid })), nextCursor };
  });
  const title = texts.caughtTitle(id);
  return (
    <Dialog title={title} onClose={onClose} class="caught">
      <ListTable pages={pages} label={title} empty={texts.caughtNothing} columns={COLUMNS} />
    </Dialog>
  );
}
