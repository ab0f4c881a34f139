import { effect, signal } from '@preact/signals';
import { address } from '../address.ts';
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
    const { page, filter, queue, story } = address.value;
    const { conversation, desk, find } = strings;
    const place =
      page === 'desk'
        ? story !== undefined
          ? desk.story.title
          : queue === undefined
            ? desk.title
            : desk.queues[queue.name]
        : page === 'conversation' && filter.from
          ? conversation.with(filter.from)
          : filter.from && find.chips.from(filter.from).join('');
    const what = openTitle.value ?? place;
    document.title = what ? `${what} – ${strings.title}` : strings.title;
  });
}
