import { api, bodyOf } from '../../api/client.ts';
import type { RefusedWebhooks } from '../../api/types.ts';
import { ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import './refused.css';

const texts = strings.operate.refused;
const number = new Intl.NumberFormat(strings.language);
type Refused = RefusedWebhooks & { id: string };

const COLUMNS: readonly Column<Refused>[] = [
  {
    name: texts.why,
    cell: ({ cause, status }) => (
      <>
        <strong>{texts.causes[cause]}</strong>
        <small>{texts.status(status)}</small>
      </>
    ),
  },
  { name: texts.advice, cell: ({ advice }) => <p class="refused-advice">{advice}</p> },
  { name: texts.count, cell: ({ count }) => number.format(count) },
  {
    name: texts.last,
    cell: ({ count, firstAt, lastAt }) => (
      <>
        <TimeAndName at={lastAt} />
        {count > 1 && <small>{texts.since(formatTime(firstAt))}</small>}
      </>
    ),
  },
  { name: texts.receiver, cell: ({ receiver }) => <code class="refused-by">{receiver}</code> },
];

/** Webhooks that were not accepted, and what to do about it. */
export function RefusedPage() {
  const pages = usePages<Refused>(
    'refused',
    // All that the API tells of: it counts repeats, so there are few.
    async () => {
      const query = { limit: 500 };
      const { items } = bodyOf(await api.GET('/api/v1/refused-webhooks', { params: { query } }));
      return {
        items: items.map((item) => ({ ...item, id: idOf(item) })),
        nextCursor: null,
      };
    },
    { isLive: true },
  );
  return (
    <ListPage title={strings.desk.lists.names.refused}>
      <p class="hint">{texts.help}</p>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.refused}
        empty={texts.empty}
        columns={COLUMNS}
      />
    </ListPage>
  );
}

/** What repeats are counted by. */
function idOf({ hour, receiver, cause, advice }: RefusedWebhooks): string {
  return [hour, receiver, cause, advice].join(' ');
}
