import type { Figures } from '../../api/types.ts';
import { clockText } from '../../frame/day-text.ts';
import { strings } from '../../strings.ts';
import { DECISIONS, stackOf, totalOf } from './totals.ts';

const texts = strings.desk.figures;
const number = new Intl.NumberFormat(strings.language);
/** Of the drawing, in its own units. */
const STEP = 10;
const WIDTH = 7;
const HEIGHT = 60;

/** A bar for each hour, oldest first. The same is in a table for who does not see it. */
export function HourChart({ hours }: { hours: Figures['hours'] }) {
  const totals = hours.map(totalOf);
  const all = totals.reduce((sum, count) => sum + count, 0);
  if (all === 0) return <p class="hint">{texts.nothing}</p>;
  const most = Math.max(...totals);
  const heightOf = (count: number) => (count / most) * HEIGHT;
  return (
    <>
      <ul class="chart-legend">
        {DECISIONS.map((kind) => (
          <li key={kind} class={`chart-${kind}`}>
            {texts.kinds[kind]} {number.format(hours.reduce((sum, hour) => sum + hour[kind], 0))}
          </li>
        ))}
      </ul>
      <svg
        class="chart"
        viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={texts.byHour(all)}
      >
        {hours.map((hour, index) =>
          stackOf(hour).map(({ kind, from, count }) => (
            <rect
              key={`${hour.at} ${kind}`}
              class={`chart-${kind}`}
              x={index * STEP + (STEP - WIDTH) / 2}
              y={HEIGHT - heightOf(from + count)}
              width={WIDTH}
              height={heightOf(count)}
            />
          )),
        )}
      </svg>
      <p class="chart-times" aria-hidden="true">
        <span>{clockText(hours[0]?.at ?? '')}</span>
        <span>{texts.now}</span>
      </p>
      <div class="visually-hidden">
        <table>
          <caption>{texts.byHour(all)}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.hour}</th>
              {DECISIONS.map((kind) => (
                <th key={kind} scope="col">
                  {texts.kinds[kind]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.at}>
                <th scope="row">{clockText(hour.at)}</th>
                {DECISIONS.map((kind) => (
                  <td key={kind}>{number.format(hour[kind])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
