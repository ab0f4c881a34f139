import { address } from '../address.ts';
import { lazyPart } from '../frame/lazy-part.tsx';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { DeskNav } from './desk-nav.tsx';
import type { ListName } from './lists/list-address.ts';
import { writeQueueFilter } from './queue-filter.ts';
import { QueueList } from './queue-list.tsx';
import { StoryPage } from './story-page.tsx';
import { WorkView } from './work-view.tsx';

const LISTS: Record<ListName, ReturnType<typeof lazyPart>> = {
  deletions: lazyPart(() =>
    import('./deletions/deletions-page.tsx').then(({ DeletionsPage }) => DeletionsPage),
  ),
  blocklist: lazyPart(() =>
    import('./blocklist/blocklist-page.tsx').then(({ BlocklistPage }) => BlocklistPage),
  ),
  senders: lazyPart(() =>
    import('./senders/senders-page.tsx').then(({ SendersPage }) => SendersPage),
  ),
  audit: lazyPart(() => import('./audit/audit-page.tsx').then(({ AuditPage }) => AuditPage)),
  figures: lazyPart(() =>
    import('./figures/figures-page.tsx').then(({ FiguresPage }) => FiguresPage),
  ),
};

/** The moderators' desk: the queues, the one that is worked off, the lists, the story of an attachment. */
export function Desk() {
  const { queue, story, list } = address.value;
  if (!isModerator.value) {
    return (
      <main id="content" class="queue-list" tabIndex={-1}>
        <h1>{strings.desk.title}</h1>
        <p>{strings.desk.forModerators}</p>
      </main>
    );
  }
  if (story !== undefined) return <StoryPage key={story} sid={story} />;
  if (queue !== undefined) {
    return <WorkView key={`${queue.name}?${writeQueueFilter(queue.filter)}`} {...queue} />;
  }
  const List = list && LISTS[list.name];
  return (
    <>
      <DeskNav />
      {List === undefined ? <QueueList /> : <List />}
    </>
  );
}
