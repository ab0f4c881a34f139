import { useEffect } from 'preact/hooks';
import { address, leave } from './address.ts';
import { followLiveEvents } from './api/live-events.ts';
import { OpenedBulk } from './bulk/asked-bulk.tsx';
import { FilterButton, OpenedFilter } from './find/filter-button.tsx';
import { FilterChips } from './find/filter-chips.tsx';
import { SearchField } from './find/search-field.tsx';
import { OpenedSimilar, SimilarButton } from './find/similar-button.tsx';
import { Announcements } from './frame/announcements.tsx';
import { Dialog } from './frame/dialog.tsx';
import { Header } from './frame/header.tsx';
import { isKeyHelpOpen, KeyHelp } from './frame/key-help.tsx';
import { lazyPart } from './frame/lazy-part.tsx';
import { followTitle } from './frame/page-title.ts';
import { listenForKeys } from './frame/shortcuts.ts';
import { Grid } from './grid/grid.tsx';
import { caller, hasEnded, isModerator, startProblem, startSession } from './session/session.ts';
import { SignInForm } from './session/sign-in-form.tsx';
import { strings } from './strings.ts';

const Conversation = lazyPart(() =>
  import('./conversation/conversation.tsx').then(({ Conversation }) => Conversation),
);
const BulkStatus = lazyPart(() =>
  import('./bulk/bulk-status.tsx').then(({ BulkStatus }) => BulkStatus),
);
const Desk = lazyPart(() => import('./desk/desk.tsx').then(({ Desk }) => Desk));
const Viewer = lazyPart(
  () => import('./viewer/viewer.tsx').then(({ Viewer }) => Viewer),
  // The page behind it is of use.
  ({ page, filter } = address.peek()) => leave({ page, filter }),
);

export function App() {
  if (startProblem.value !== null) return <StartProblem />;
  if (caller.value === undefined) return null;
  if (caller.value === null) {
    return (
      <main class="sign-in-page">
        <h1>{strings.title}</h1>
        <SignInForm />
      </main>
    );
  }
  return <SignedIn />;
}

function SignedIn() {
  useEffect(followLiveEvents, []);
  useEffect(followTitle, []);
  useEffect(
    () =>
      listenForKeys([
        {
          keys: ['?'],
          label: strings.header.keys,
          run: () => {
            isKeyHelpOpen.value = true;
          },
        },
      ]),
    [],
  );
  const { page, sid } = address.value;
  return (
    <>
      <div class="behind" inert={sid !== undefined}>
        <Header>
          {page !== 'desk' && (
            <>
              <SearchField />
              <FilterButton />
              <SimilarButton />
            </>
          )}
        </Header>
        {page === 'grid' && (
          <>
            <FilterChips />
            <Grid />
          </>
        )}
        {page === 'conversation' && <Conversation />}
        {page === 'desk' && <Desk />}
        {isModerator.value && <BulkStatus />}
      </div>
      {sid !== undefined && <Viewer sid={sid} />}
      <OpenedFilter />
      <OpenedSimilar />
      <OpenedBulk />
      <KeyHelp />
      {hasEnded.value && (
        <Dialog title={strings.signIn.title}>
          <p>{strings.signIn.ended}</p>
          <SignInForm />
        </Dialog>
      )}
      <Announcements />
    </>
  );
}

function StartProblem() {
  return (
    <main class="sign-in-page">
      <h1>{strings.title}</h1>
      <p role="alert">{strings.start.failed}</p>
      <button type="button" class="primary-button" onClick={() => void startSession()}>
        {strings.start.retry}
      </button>
    </main>
  );
}
