import { PageLink } from '../../frame/page-link.tsx';
import type { ListFilter, ListName } from './list-address.ts';

/** Links that limit a list, of which one is followed. */
export function Choices(props: {
  label: string;
  list: ListName;
  current: ListFilter;
  choices: readonly { text: string; filter: ListFilter }[];
}) {
  const { label, list, current, choices } = props;
  const isCurrent = (filter: ListFilter) => JSON.stringify(filter) === JSON.stringify(current);
  return (
    <nav class="list-choices" aria-label={label}>
      {choices.map(({ text, filter }) => (
        <PageLink
          key={text}
          to={{ page: 'desk', filter: {}, list: { name: list, filter } }}
          isCurrent={isCurrent(filter)}
        >
          {text}
        </PageLink>
      ))}
    </nav>
  );
}
