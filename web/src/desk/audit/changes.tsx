import type { AuditEntry } from '../../api/types.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';

const texts = strings.desk.audit;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** What an entry says has changed, by name, as the API has it. */
export function Changes({ before, after }: Pick<AuditEntry, 'before' | 'after'>) {
  const lines = changesOf(before, after);
  if (lines.length === 0) return null;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line} dir="auto">
          {line}
        </li>
      ))}
    </ul>
  );
}

function changesOf(before: AuditEntry['before'], after: AuditEntry['after']): string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].flatMap((name) => {
    const [was, is] = [before?.[name], after?.[name]];
    if (was === undefined) return factOf(name, is);
    if (after === null || is === undefined) return factOf(name, was);
    const [from, to] = [valueText(was), valueText(is)];
    return from === to ? [] : [texts.changed(name, from, to)];
  });
}

function factOf(name: string, value: unknown): string[] {
  return isNothing(value) ? [] : [texts.fact(name, valueText(value))];
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function valueText(value: unknown): string {
  if (isNothing(value)) return texts.nothing;
  if (typeof value === 'string' && ISO_TIME.test(value)) return formatTime(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
