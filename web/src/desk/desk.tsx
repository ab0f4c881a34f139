import { address } from '../address.ts';
import { lazyPart } from '../frame/lazy-part.tsx';
import { isAdmin, isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { DeskNav } from './desk-nav.tsx';
import { isOperateName, type ListName } from './lists/list-address.ts';
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
  bulk: lazyPart(() => import('./bulk/bulk-page.tsx').then(({ BulkPage }) => BulkPage)),
  audit: lazyPart(() => import('./audit/audit-page.tsx').then(({ AuditPage }) => AuditPage)),
  codes: lazyPart(() => import('./reason-codes/codes-page.tsx').then(({ CodesPage }) => CodesPage)),
  figures: lazyPart(() =>
    import('./figures/figures-page.tsx').then(({ FiguresPage }) => FiguresPage),
  ),
  operate: lazyPart(() =>
    import('../operate/overview/overview-page.tsx').then(({ OverviewPage }) => OverviewPage),
  ),
  refused: lazyPart(() =>
    import('../operate/refused/refused-page.tsx').then(({ RefusedPage }) => RefusedPage),
  ),
  fetches: lazyPart(() =>
    import('../operate/fetches/fetches-page.tsx').then(({ FetchesPage }) => FetchesPage),
  ),
  endpoints: lazyPart(() =>
    import('../operate/endpoints/endpoints-page.tsx').then(({ EndpointsPage }) => EndpointsPage),
  ),
  reconciliations: lazyPart(() =>
    import('../operate/reconciliations/reconciliations-page.tsx').then(
      ({ ReconciliationsPage }) => ReconciliationsPage,
    ),
  ),
  keys: lazyPart(() => import('../operate/keys/keys-page.tsx').then(({ KeysPage }) => KeysPage)),
  sessions: lazyPart(() =>
    import('../operate/sessions/sessions-page.tsx').then(({ SessionsPage }) => SessionsPage),
  ),
};

/** The moderators' desk: the queues, the one that is worked off, the lists, the story of an attachment. */
export function Desk() {
  const { queue, story, list } = address.value;
  if (list !== undefined && isOperateName(list.name) && !isAdmin.value) {
    return <OnlyFor title={strings.operate.title} text={strings.operate.forAdmins} />;
  }
  if (!isModerator.value) {
    return <OnlyFor title={strings.desk.title} text={strings.desk.forModerators} />;
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

/** Instead of a page for another role. */
function OnlyFor({ title, text }: { title: string; text: string }) {
  return (
    <main id="content" class="queue-list" tabIndex={-1}>
      <h1>{title}</h1>
      <p>{text}</p>
    </main>
  );
}
