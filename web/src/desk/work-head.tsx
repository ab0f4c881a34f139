import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { IconButton } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import { useSource } from '../viewer/use-source.ts';
import { DisplayMenu } from './display-menu.tsx';
import { followQueues, queues } from './queue-counts.ts';
import type { QueueName } from './queue-filter.ts';
import { readOthers } from './read-context.ts';
import { waitText } from './waiting-time.ts';

const texts = strings.desk;

/** Which queue it is, how much waits in it, and who else is there. */
export function WorkHead(props: {
  name: QueueName;
  /** Of the claim: who else works is asked with each. */
  at: string | undefined;
  isFilterShown: boolean;
  isFiltered: boolean;
  onFilter: () => void;
  onBack: () => void;
  children: ComponentChildren;
}) {
  const { name, at, isFilterShown, isFiltered, onFilter, onBack, children } = props;
  useEffect(followQueues, []);
  const queue = queues.value?.find((known) => known.name === name);
  return (
    <div class="work-head">
      <IconButton icon="chevronLeft" label={texts.back} onClick={onBack} />
      <h1>{texts.queues[name]}</h1>
      <p class="quiet">
        {queue && texts.waiting(queue.count)}
        {queue?.oldestAt && <span> · {texts.oldest(waitText(queue.oldestAt))}</span>}
        <Others name={name} at={at} />
      </p>
      <IconButton
        icon="filter"
        label={isFiltered ? texts.filter.isOn : strings.find.filter}
        pressed={isFilterShown}
        onClick={onFilter}
      />
      <DisplayMenu />
      {children}
    </div>
  );
}

/** Kept until it is read anew, so that it does not flicker. */
function Others({ name, at }: { name: QueueName; at: string | undefined }) {
  const { value } = useSource(at, (options) => readOthers(name, options));
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    if (value !== undefined) setNames([...new Set(value.map(({ owner }) => owner))]);
  }, [value]);
  if (names.length === 0) return null;
  return (
    <span dir="auto"> · {texts.others(new Intl.ListFormat(strings.language).format(names))}</span>
  );
}
