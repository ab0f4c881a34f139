import { printJson } from './json-option.ts';

/** How a list is printed: as columns for people, or as one JSON document for programs. */
interface PrintedList<T> {
  items: readonly T[];
  /** As JSON, an empty list is `[]`. */
  isJson: boolean;
  /** The titles of the columns. */
  titles: readonly string[];
  /** The cells of one item. */
  cells: (item: T) => readonly string[];
  /** What is said instead of an empty table, on the standard error output. */
  whenEmpty: string;
}

/** Prints a list on the standard output. */
export function printList<T>({ items, isJson, titles, cells, whenEmpty }: PrintedList<T>): void {
  if (isJson) printJson(items);
  else if (items.length === 0) console.error(whenEmpty);
  else console.log(inColumns([titles, ...items.map(cells)]));
}

/** Formats rows as lines; each column is as wide as its widest cell. */
function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
