import { effect, signal } from '@preact/signals';
import { type Address, address } from '../address.ts';
import { strings } from '../strings.ts';

/** Of the attachment that is open. */
export const openTitle = signal<string>();

/**
 * Names in the title of the page what is shown: an attachment, a conversation, a queue, the sender that is filtered for.
 *
 * @returns ends it
 */
export function followTitle(): () => void {
  return effect(() => {
    const { page, filter } = address.value;
    const { conversation, find } = strings;
    const place =
      page === 'desk'
        ? placeInDesk(address.value)
        : page === 'conversation' && filter.from
          ? conversation.with(filter.from)
          : filter.from && find.chips.from(filter.from).join('');
    const what = openTitle.value ?? place;
    document.title = what ? `${what} – ${strings.title}` : strings.title;
  });
}

function placeInDesk({ queue, story, list }: Pick<Address, 'queue' | 'story' | 'list'>): string {
  const { title, queues, lists, story: texts } = strings.desk;
  if (story !== undefined) return texts.title;
  if (list !== undefined) return lists.names[list.name];
  return queue === undefined ? title : queues[queue.name];
}
