import { api, bodyOf } from '../../api/client.ts';
import type { Figures } from '../../api/types.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { ListPage } from '../lists/list-page.tsx';
import { type Column, DataTable } from '../lists/list-table.tsx';
import { ReadProblem } from '../lists/read-problem.tsx';
import { useFresh } from '../use-fresh.ts';
import { agoText } from '../waiting-time.ts';
import { HourChart } from './hour-chart.tsx';
import { DECISIONS, totalOf } from './totals.ts';
import './figures.css';

const texts = strings.desk.figures;
const number = new Intl.NumberFormat(strings.language);
type Moderator = Figures['moderators'][number] & { id: string };

const COLUMNS: readonly Column<Moderator>[] = [
  { name: texts.name, cell: ({ name }) => <span dir="auto">{name}</span> },
  ...DECISIONS.map((kind) => ({
    name: texts.kinds[kind],
    cell: (moderator: Moderator) => number.format(moderator[kind]),
  })),
  { name: texts.total, cell: (moderator) => <strong>{number.format(totalOf(moderator))}</strong> },
];

/** How much waits, and how it was decided in the last 24 hours. */
export function FiguresPage() {
  const {
    value: figures,
    problem,
    refresh,
  } = useFresh(async () => bodyOf(await api.GET('/api/v1/figures')));

  return (
    <ListPage title={strings.desk.lists.names.figures}>
      {problem && <ReadProblem text={problem.message} onRetry={() => void refresh()} />}
      {figures === undefined ? (
        <p class="list-state" role="status">
          {problem === undefined && strings.desk.lists.loading}
        </p>
      ) : (
        <All figures={figures} />
      )}
    </ListPage>
  );
}

function All({ figures }: { figures: Figures }) {
  const { queues, hours, moderators, overturned, agreement } = figures;
  const shareOf = ({ agreed, disagreed }: { agreed: number; disagreed: number }) =>
    texts.share(agreed, agreed + disagreed);
  return (
    <>
      <h2>{texts.queues}</h2>
      <ul class="figures-queues">
        {queues.map(({ name, count, oldestAt }) => (
          <li key={name}>
            <PageLink to={{ page: 'desk', filter: {}, queue: { name, filter: {} } }}>
              {strings.desk.queues[name]}
            </PageLink>
            <strong>{number.format(count)}</strong>
            <small>
              {oldestAt === null
                ? strings.desk.nothingWaits
                : strings.desk.oldest(agoText(oldestAt))}
            </small>
          </li>
        ))}
      </ul>
      <h2>{texts.decided}</h2>
      <HourChart hours={hours} />
      {moderators.length > 0 && (
        <>
          <h2>{texts.moderators}</h2>
          <DataTable
            items={moderators.map((moderator) => ({ ...moderator, id: moderator.name }))}
            label={texts.moderators}
            columns={COLUMNS}
          />
        </>
      )}
      <h2>{texts.overturned}</h2>
      <p class="hint">{texts.overturnedHelp}</p>
      <Facts
        facts={[
          [texts.ofPeople, number.format(overturned.ofPeople)],
          [texts.ofRules, number.format(overturned.ofRules)],
        ]}
      />
      <h2>{texts.agreement}</h2>
      <Facts
        facts={[
          [texts.classifier, shareOf(agreement.classifier)],
          [texts.lookAlikes, shareOf(agreement.lookAlikes)],
        ]}
      />
    </>
  );
}

function Facts({ facts }: { facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl class="figures-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
