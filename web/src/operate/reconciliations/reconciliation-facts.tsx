import type { Reconciliation } from '../../api/types.ts';
import type { Column } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';

const texts = strings.operate.reconciliations;
const CLASSES = { waiting: '', running: '', done: 'state-quiet', failed: 'state-bad' } as const;

/** What is shown of each reconciliation. */
export const FACTS: readonly Column<Reconciliation>[] = [
  {
    name: texts.range,
    cell: ({ since, until, to, dryRun }) => (
      <>
        {texts.from(formatTime(since))}
        <small>{texts.until(formatTime(until))}</small>
        {to !== null && (
          <small>
            {texts.only} <bdi>{to}</bdi>
          </small>
        )}
        {dryRun && <small>{texts.counted}</small>}
      </>
    ),
  },
  {
    name: texts.state,
    cell: ({ id, state, progress, error, endedAt }) => (
      <>
        <span class={CLASSES[state]}>{texts.states[state]}</span>
        {endedAt === null ? (
          <progress aria-label={texts.progress} value={progress} key={id} />
        ) : (
          <small>{formatTime(endedAt)}</small>
        )}
        {error !== null && <p class="reconciliation-error">{error}</p>}
      </>
    ),
  },
  {
    name: texts.found,
    cell: ({ listed, missing, takenIn, failed, dryRun }) => (
      <>
        {texts.missing(missing)}
        <small>{texts.listed(listed)}</small>
        {!dryRun && missing > 0 && <small>{texts.takenIn(takenIn)}</small>}
        {failed > 0 && <small class="state-bad">{texts.failed(failed)}</small>}
      </>
    ),
  },
  { name: texts.created, cell: ({ createdAt }) => <TimeAndName at={createdAt} /> },
];
