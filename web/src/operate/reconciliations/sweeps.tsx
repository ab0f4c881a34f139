import type { operations } from '../../../../src/client/api-types.d.ts';
import type { Sweep } from '../../api/types.ts';
import { type Column, DataTable } from '../../desk/lists/list-table.tsx';
import { ReadProblem } from '../../desk/lists/read-problem.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import type { Fresh } from '../../desk/use-fresh.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';

const texts = strings.operate.reconciliations;
type Row = Sweep & { id: string };

const COLUMNS: readonly Column<Row>[] = [
  { name: texts.account, cell: ({ accountSid }) => <code>{accountSid}</code> },
  {
    name: texts.swept,
    cell: ({ sweptUntil }) =>
      sweptUntil === null ? texts.notYet : <TimeAndName at={sweptUntil} />,
  },
  {
    name: texts.state,
    cell: ({ sweptUntil, failedAt, error }) =>
      failedAt === null ? (
        sweptUntil !== null && <span class="state-quiet">{texts.works}</span>
      ) : (
        <>
          <span class="state-bad">{texts.states.failed}</span>
          <small>{formatTime(failedAt)}</small>
          {error !== null && <p class="reconciliation-error">{error}</p>}
        </>
      ),
  },
];

type SweepList = operations['listSweeps']['responses'][200]['content']['application/json'];

/** What is compared by itself, of each account. */
export function Sweeps({ sweeps: { value, problem, refresh } }: { sweeps: Fresh<SweepList> }) {
  return (
    <>
      <h2>{texts.sweeps}</h2>
      {problem && <ReadProblem text={problem.message} onRetry={() => void refresh()} />}
      {value && (
        <>
          <p class="hint">
            {value.intervalMinutes === 0 ? texts.noSweeps : texts.every(value.intervalMinutes)}
          </p>
          <DataTable
            items={value.items.map((sweep) => ({ ...sweep, id: sweep.accountSid }))}
            label={texts.sweeps}
            columns={COLUMNS}
          />
        </>
      )}
    </>
  );
}
