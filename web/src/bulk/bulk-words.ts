import type { BulkAct } from '../api/types.ts';
import type { QueueFilter } from '../desk/queue-filter.ts';
import { chipsOf } from '../find/filter-words.ts';
import { strings } from '../strings.ts';
import { type BulkSelection, isEverything } from './bulk-selection.ts';

const texts = strings.bulk;
type Outcome = keyof BulkAct['counts'];

/** In the order in which they are said. */
const OUTCOMES: readonly Outcome[] = [
  'changed',
  'undone',
  'unchanged',
  'claimed',
  'decided',
  'deleted',
  'unknown',
  'todo',
];

/** What an act has done, a sentence for each outcome. */
export function outcomeTexts({ action, counts }: Pick<BulkAct, 'action' | 'counts'>): string[] {
  const said = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  if (said.length === 0) return [texts.nothing];
  return said.map((outcome) => texts.outcomes[outcome](counts[outcome], action));
}

/** What an act would do, by what was counted. */
export function plannedTexts({ action, counts }: Pick<BulkAct, 'action' | 'counts'>): string[] {
  const { todo, ...others } = counts;
  const would = todo > 0 ? [texts.would(todo, action)] : [texts.wouldNothing];
  const said = OUTCOMES.filter((outcome) => outcome !== 'todo' && others[outcome] > 0);
  return [...would, ...said.map((outcome) => texts.outcomes[outcome](counts[outcome], action))];
}

/** How much of an act is done, from 0 to 1. */
export function partDone({ total, counts }: Pick<BulkAct, 'total' | 'counts'>): number {
  return total === 0 ? 1 : (total - counts.todo) / total;
}

/** Which attachments are meant. */
export function selectionText(selection: BulkSelection): string {
  if (selection.kind === 'sids') return texts.selected(selection.sids.length);
  if (isEverything(selection)) return texts.everything;
  if (selection.kind === 'filter') {
    return texts.found(chipsOf(selection.filter).map(({ label }) => label.join('')));
  }
  return texts.ofQueue(strings.desk.queues[selection.name], queueFilterTexts(selection.filter));
}

function queueFilterTexts({ from, kind, label, age }: QueueFilter): string[] {
  return [
    from && strings.find.chips.from(from).join(''),
    kind && strings.find.kinds[kind],
    label && `${strings.desk.filter.label}: ${label}`,
    age && strings.desk.filter.ages[age],
  ].filter((text) => text !== undefined);
}
