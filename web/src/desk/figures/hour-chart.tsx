import type { Figures } from '../../api/types.ts';
import { strings } from '../../strings.ts';
import { BarChart } from './bar-chart.tsx';
import { DECISIONS, totalOf } from './totals.ts';

const texts = strings.desk.figures;
const number = new Intl.NumberFormat(strings.language);

/** How much was decided, by the hour. */
export function HourChart({ hours }: { hours: Figures['hours'] }) {
  const all = hours.reduce((sum, hour) => sum + totalOf(hour), 0);
  if (all === 0) return <p class="hint">{texts.nothing}</p>;
  return (
    <BarChart
      label={texts.byHour(all)}
      hours={hours.map(({ at }) => at)}
      series={DECISIONS.map((name) => ({
        name,
        label: texts.kinds[name],
        total: number.format(hours.reduce((sum, hour) => sum + hour[name], 0)),
        values: hours.map((hour) => hour[name]),
      }))}
      format={(count) => number.format(count)}
    />
  );
}
