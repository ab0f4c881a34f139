import { clockText } from '../../frame/day-text.ts';
import { strings } from '../../strings.ts';
import './bar-chart.css';

const texts = strings.desk.figures;
/** Of the drawing, in its own units. */
const STEP = 10;
const WIDTH = 7;
const HEIGHT = 60;

/** One part of each bar. */
export interface Series {
  /** Of its colour: the class `chart-…`. */
  name: string;
  label: string;
  /** All hours together, for the legend. */
  total?: string;
  /** One for each hour; null where nothing is known. */
  values: readonly (number | null)[];
}

/** A bar for each hour, oldest first. The same is in a table for who does not see it. */
export function BarChart(props: {
  /** What is shown. */
  label: string;
  /** The beginning of each hour. */
  hours: readonly string[];
  /** From the bottom up. */
  series: readonly Series[];
  /** Whether each one begins at the bottom, before the ones that come first. */
  isOverlaid?: boolean;
  format: (value: number) => string;
}) {
  const { label, hours, series, isOverlaid = false, format } = props;
  const bars = hours.map((_, hour) => partsOf(series, hour, isOverlaid));
  const most = Math.max(...bars.flat().map(({ to }) => to));
  const heightOf = (value: number) => (most === 0 ? 0 : (value / most) * HEIGHT);
  return (
    <>
      <ul class="chart-legend">
        {series.map(({ name, label, total }) => (
          <li key={name} class={`chart-${name}`}>
            {label} {total}
          </li>
        ))}
      </ul>
      <p class="chart-scale">{texts.upTo(format(most))}</p>
      <svg
        class="chart"
        viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map((parts, hour) =>
          parts.map(({ name, from, to }) => (
            <rect
              key={`${hours[hour]} ${name}`}
              class={`chart-${name}`}
              x={hour * STEP + (STEP - WIDTH) / 2}
              y={HEIGHT - heightOf(to)}
              width={WIDTH}
              height={heightOf(to - from)}
            />
          )),
        )}
      </svg>
      <p class="chart-times" aria-hidden="true">
        <span>{clockText(hours[0] ?? '')}</span>
        <span>{texts.now}</span>
      </p>
      <div class="visually-hidden">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.hour}</th>
              {series.map(({ name, label }) => (
                <th key={name} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.map((at, hour) => (
              <tr key={at}>
                <th scope="row">{clockText(at)}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{cellText(values[hour], format)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface Part {
  name: string;
  from: number;
  to: number;
}

/** Where the parts of the bar of an hour begin and end; those of nothing are left out. */
function partsOf(series: readonly Series[], hour: number, isOverlaid: boolean): Part[] {
  let below = 0;
  return series.map(({ name, values }) => {
    const from = isOverlaid ? 0 : below;
    below += values[hour] ?? 0;
    return { name, from, to: from + (values[hour] ?? 0) };
  });
}

function cellText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
