import type { Delivery } from '../../api/types.ts';
import { type Column, DataTable } from '../../desk/lists/list-table.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { formatLongTime } from '../../viewer/format-facts.ts';

const texts = strings.operate.endpoints;
type Attempt = Delivery['attempts'][number] & { id: string };

const COLUMNS: readonly Column<Attempt>[] = [
  { name: texts.at, cell: ({ at }) => <time dateTime={at}>{formatLongTime(at)}</time> },
  {
    name: texts.outcome,
    cell: ({ status, error, milliseconds }) => (
      <>
        {texts.answer(status)}
        <small>{texts.took(milliseconds)}</small>
        {error !== null && <p dir="auto">{error}</p>}
      </>
    ),
  },
  {
    name: texts.response,
    cell: ({ response }) =>
      response ? <pre class="attempt-response">{response}</pre> : texts.noResponse,
  },
];

/** Each attempt to send an event: when, how long it took, and what was answered. */
export function AttemptsDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const { type, eventId, attempts } = delivery;
  const title = texts.attemptsOf(type);
  return (
    <Dialog title={title} onClose={onClose} class="attempts">
      <p class="hint">{texts.eventId(eventId)}</p>
      <DataTable
        items={attempts.map((attempt) => ({ ...attempt, id: attempt.at }))}
        label={title}
        columns={COLUMNS}
      />
    </Dialog>
  );
}
