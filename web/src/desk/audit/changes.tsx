import type { AuditEntry } from '../../api/types.ts';
import { strings } from '../../strings.ts';

const texts = strings.desk.audit;

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
    if (was === undefined) return [texts.fact(name, valueText(is))];
    if (after === null || is === undefined) return [texts.fact(name, valueText(was))];
    const [from, to] = [valueText(was), valueText(is)];
    return from === to ? [] : [texts.changed(name, from, to)];
  });
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return texts.nothing;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
