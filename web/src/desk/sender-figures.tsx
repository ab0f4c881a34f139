import { strings } from '../strings.ts';
import type { SenderHistory } from './read-context.ts';

const number = new Intl.NumberFormat(strings.language);
const FIGURES = ['received', 'held', 'quarantined', 'failed'] as const;

/** What came from a sender and is not deleted, in figures. @param history undefined: not read yet */
export function SenderFigures({ history }: { history: SenderHistory | undefined }) {
  return (
    <dl class="panel-figures">
      {FIGURES.map((name) => (
        <div key={name}>
          <dt>{strings.desk.panel.figures[name]}</dt>
          <dd>{history === undefined ? '–' : number.format(history[name])}</dd>
        </div>
      ))}
    </dl>
  );
}
