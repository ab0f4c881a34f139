import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { waitingActs } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { KeyHint } from './key-hint.tsx';
import { queues } from './queue-counts.ts';
import type { QueueName } from './queue-filter.ts';
import type { AtHand } from './work.ts';

const texts = strings.desk;

/** In the place of the attachment: why there is none. */
export function NothingAtHand(props: {
  name: QueueName;
  isFiltered: boolean;
  now: AtHand;
  onNext: () => void;
}) {
  const { name, isFiltered, now, onNext } = props;
  if (now.state === 'starting' || now.state === 'claimed') return <div class="desk-nothing" />;
  const {
    count = 0,
    taken = 0,
    own = 0,
  } = queues.value?.find((queue) => queue.name === name) ?? {};
  if (now.state === 'problem') {
    return (
      <Message icon="warning" title={strings.errors.title} action={strings.start.retry} {...props}>
        {now.problem.message}
      </Message>
    );
  }
  if (now.state === 'lost') {
    const { ending, by } = now.lost;
    return (
      <Message icon="clock" title={texts.lost[ending](by)} action={texts.goOn} {...props}>
        {texts.lostHelp}
      </Message>
    );
  }
  if (now.state === 'break') {
    const { ms, items } = now.worked;
    return (
      <Message icon="clock" title={texts.breaks.title} action={texts.goOn} {...props}>
        {texts.breaks.worked(Math.round(ms / 60_000), items)}
      </Message>
    );
  }
  // What is about to be decided is still counted, and what others decide.
  const free = count - taken - own - waitingActs.value.size;
  if (isFiltered) {
    return (
      <Message icon="check" title={texts.nothingMatches} action={texts.lookAgain} {...props}>
        {texts.nothingMatchesHelp}
      </Message>
    );
  }
  return (
    <Message
      icon="check"
      title={texts.nothingLeft}
      action={free > 0 ? texts.look : undefined}
      onNext={onNext}
    >
      {taken > 0 ? texts.othersWork(taken) : texts.nothingLeftHelp}
    </Message>
  );
}

function Message(props: {
  icon: 'warning' | 'clock' | 'check';
  title: string;
  action: string | undefined;
  onNext: () => void;
  children: string;
}) {
  const { icon, title, action, onNext, children } = props;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), [action]);
  return (
    <div class="desk-nothing" role="status">
      <Icon name={icon} />
      <h2>{title}</h2>
      <p class="hint">{children}</p>
      {action && (
        <button
          ref={button}
          type="button"
          class="primary-button"
          aria-keyshortcuts="n"
          onClick={onNext}
        >
          {action} <KeyHint of="n" />
        </button>
      )}
    </div>
  );
}
