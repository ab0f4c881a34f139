import { api, bodyOf } from '../../api/client.ts';
import { ListPage } from '../../desk/lists/list-page.tsx';
import { ReadProblem } from '../../desk/lists/read-problem.tsx';
import { type Fresh, useFresh } from '../../desk/use-fresh.ts';
import { clockText } from '../../frame/day-text.ts';
import { strings } from '../../strings.ts';
import { FlowCharts } from './flow-charts.tsx';
import { Arrivals, PartList, partsOf, StatusLine } from './health-view.tsx';
import './overview.css';

const texts = strings.operate.overview;

/** What operators keep open: what does not work, and how much comes in. */
export function OverviewPage() {
  const health = useFresh(async () => bodyOf(await api.GET('/api/v1/health')));
  const flow = useFresh(async () => bodyOf(await api.GET('/api/v1/operations/figures')));
  const parts = partsOf(health.value);
  return (
    <ListPage title={strings.desk.lists.names.operate} isText>
      <Staleness of={health} />
      {health.value === undefined ? (
        <p class="list-state" role="status">
          {health.problem === undefined && strings.desk.lists.loading}
        </p>
      ) : (
        <div class="health">
          <StatusLine health={health.value} />
          <PartList parts={parts.wrong} />
          <Arrivals health={health.value} />
          <h2>{texts.flow}</h2>
          <Staleness of={flow} />
          <FlowCharts flow={flow.value} />
          {parts.unknown.length > 0 && (
            <>
              <h2>{texts.unknown}</h2>
              <PartList parts={parts.unknown} />
            </>
          )}
          <h2>{texts.works}</h2>
          <PartList parts={parts.works} />
          <p class="health-process">{texts.process(health.value.process)}</p>
        </div>
      )}
    </ListPage>
  );
}

/** Says how old what is shown is, when it cannot be read again. */
function Staleness({ of: { problem, readAt, refresh } }: { of: Fresh<unknown> }) {
  if (problem === undefined) return null;
  const { message } = problem;
  return (
    <ReadProblem
      text={readAt === undefined ? message : texts.stale(clockText(readAt), message)}
      onRetry={() => void refresh()}
    />
  );
}
