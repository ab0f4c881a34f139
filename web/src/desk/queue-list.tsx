import { useEffect } from 'preact/hooks';
import type { Queue } from '../api/types.ts';
import { Icon, type IconName } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { followQueues, queues, queuesProblem } from './queue-counts.ts';
import { QUEUE_NAMES, type QueueName } from './queue-filter.ts';
import { waitText } from './waiting-time.ts';
import './queue-list.css';

const texts = strings.desk;
const number = new Intl.NumberFormat(strings.language);

export const QUEUE_ICONS: Record<QueueName, IconName> = {
  held: 'hold',
  quarantined: 'shield',
  reported: 'flag',
  failed: 'warning',
  escalated: 'escalate',
};

/** What waits for moderators. */
export function QueueList() {
  useEffect(followQueues, []);
  return (
    <main id="content" class="queue-list" tabIndex={-1}>
      <h1>{texts.title}</h1>
      <p class="problem" role="alert">
        {queuesProblem.value?.message}
      </p>
      <ul>
        {QUEUE_NAMES.map((name) => {
          const queue = queues.value?.find((known) => known.name === name);
          // It is not one of those that the key works on.
          if (queues.value !== undefined && queue === undefined) return null;
          return (
            <li key={name}>
              <QueueRow name={name} queue={queue} />
            </li>
          );
        })}
      </ul>
    </main>
  );
}

/** @param queue undefined until it was read */
function QueueRow({ name, queue }: { name: QueueName; queue: Queue | undefined }) {
  const isEmpty = queue?.count === 0;
  return (
    <PageLink
      class={`queue-row ${isEmpty ? 'queue-row-empty' : ''}`}
      to={{ page: 'desk', filter: {}, queue: { name, filter: {} } }}
    >
      <Icon name={QUEUE_ICONS[name]} />
      <span class="queue-name">
        <strong>{texts.queues[name]}</strong>
        <small>{texts.queueHelp[name]}</small>
      </span>
      <span class="queue-facts">
        <span class="queue-count">{queue === undefined ? ' ' : number.format(queue.count)}</span>
        <small>{queue === undefined ? ' ' : factsOf(queue)}</small>
      </span>
    </PageLink>
  );
}

function factsOf({ oldestAt, taken, proposed }: Queue): string {
  const facts = [
    oldestAt === null ? texts.nothingWaits : texts.oldest(waitText(oldestAt)),
    ...(taken === 0 ? [] : [texts.taken(taken)]),
    ...(proposed === 0 ? [] : [texts.reviews.second(proposed)]),
  ];
  return facts.join(' · ');
}
