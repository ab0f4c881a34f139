import type { ComponentChildren } from 'preact';
import { strings } from '../../strings.ts';
import { ReadProblem } from './read-problem.tsx';
import type { Pages } from './use-pages.ts';

const texts = strings.desk.lists;

/** What each row shows of an entry. The first one names the row. */
export interface Column<T> {
  /** Empty for buttons: they say what they are. */
  name: string;
  cell: (item: T) => ComponentChildren;
}

/** A list, page by page: a table, and cards on phones. */
export function ListTable<T extends { id: string }>(props: {
  pages: Pages<T>;
  /** Of the table. */
  label: string;
  /** What is said when there is nothing. */
  empty: string;
  columns: readonly Column<T>[];
}) {
  const { pages, label, empty, columns } = props;
  const { items, problem, isLoading } = pages;
  return (
    <>
      <p class="list-state" role="status">
        {items === undefined && isLoading && texts.loading}
        {items?.length === 0 && empty}
      </p>
      {items !== undefined && items.length > 0 && (
        <DataTable items={items} label={label} columns={columns} />
      )}
      {problem && <ReadProblem text={problem.message} onRetry={() => void pages.refresh()} />}
      {pages.hasMore && (
        <button type="button" class="text-button" onClick={() => void pages.loadMore()}>
          {texts.more}
        </button>
      )}
    </>
  );
}

/** A table, and cards on phones. */
export function DataTable<T extends { id: string }>(props: {
  items: readonly T[];
  label: string;
  columns: readonly Column<T>[];
}) {
  const { items, label, columns } = props;
  return (
    <table class="list-table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ name }) =>
            name === '' ? (
              <td key={name} />
            ) : (
              <th key={name} scope="col">
                {name}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id} data-id={item.id}>
            {columns.map(({ name, cell }, index) =>
              index === 0 ? (
                <th key={name} scope="row">
                  {cell(item)}
                </th>
              ) : (
                <td key={name} data-label={name} class={name === '' ? 'list-acts' : undefined}>
                  {cell(item)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
