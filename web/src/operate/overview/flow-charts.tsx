import type { ComponentChildren } from 'preact';
import type { Flow } from '../../api/types.ts';
import { BarChart } from '../../desk/figures/bar-chart.tsx';
import { strings } from '../../strings.ts';
import { durationText } from './duration-text.ts';

const texts = strings.operate.overview;
const number = new Intl.NumberFormat(strings.language);
const countText = (count: number) => number.format(count);
type Hour = Flow['hours'][number];
type Count = 'messages' | 'stored' | 'waiting' | 'failed' | 'refused';

/**
 * How much has come in, what became of it, and how long that took.
 *
 * @param flow undefined: not read yet; the charts have their places
 */
export function FlowCharts({ flow }: { flow: Flow | undefined }) {
  const hours = flow?.hours ?? [];
  const times = hours.map(({ at }) => at);
  const totalOf = (...names: Count[]) =>
    hours.reduce((sum, hour) => sum + names.reduce((part, name) => part + hour[name], 0), 0);
  const seriesOf = (name: Count, label: string) => ({
    name,
    label,
    total: number.format(totalOf(name)),
    values: hours.map((hour) => hour[name]),
  });
  const delaysOf = (name: keyof Hour['delay']) => hours.map(({ delay }) => delay[name]);
  const messages = totalOf('messages');
  const attachments = totalOf('stored', 'waiting', 'failed');
  const refused = totalOf('refused');
  return (
    <div class="flow">
      <Chart isRead={flow !== undefined} title={texts.charts.messages} isEmpty={messages === 0}>
        <BarChart
          label={texts.received(messages)}
          hours={times}
          series={[seriesOf('messages', texts.messages)]}
          format={countText}
        />
      </Chart>
      <Chart
        isRead={flow !== undefined}
        title={texts.charts.attachments}
        isEmpty={attachments === 0}
      >
        <BarChart
          label={texts.attachments(attachments)}
          hours={times}
          series={[
            seriesOf('stored', texts.stored),
            seriesOf('waiting', texts.waiting),
            seriesOf('failed', texts.failed),
          ]}
          format={countText}
        />
      </Chart>
      <Chart
        isRead={flow !== undefined}
        title={texts.charts.delay}
        isEmpty={delaysOf('p50').every((delay) => delay === null)}
      >
        <BarChart
          label={texts.delay}
          hours={times}
          series={[
            { name: 'p95', label: texts.most, values: delaysOf('p95') },
            { name: 'p50', label: texts.half, values: delaysOf('p50') },
          ]}
          isOverlaid
          format={durationText}
        />
      </Chart>
      <Chart isRead={flow !== undefined} title={texts.charts.refused} isEmpty={refused === 0}>
        <BarChart
          label={texts.refused(refused)}
          hours={times}
          series={[seriesOf('refused', texts.refusals)]}
          format={countText}
        />
      </Chart>
    </div>
  );
}

function Chart(props: {
  title: string;
  isRead: boolean;
  isEmpty: boolean;
  children: ComponentChildren;
}) {
  const { title, isRead, isEmpty, children } = props;
  return (
    <section>
      <h3>{title}</h3>
      {isEmpty ? (
        <p class="hint">{isRead ? texts.nothing : strings.desk.lists.loading}</p>
      ) : (
        children
      )}
    </section>
  );
}
