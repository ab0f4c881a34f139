import { useEffect, useState } from 'preact/hooks';
import { ApiProblem, isGone } from '../../api/api-problem.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { Session } from '../../api/types.ts';
import { ConfirmDialog } from '../../desk/lists/confirm-dialog.tsx';
import { keepFocus, ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { notify } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { LinkDialog } from './link-dialog.tsx';

const texts = strings.operate.sessions;

const FACTS: readonly Column<Session>[] = [
  {
    name: texts.name,
    cell: ({ name, role, browser }) => (
      <>
        <strong>{name}</strong>
        <small>{strings.header.roles[role]}</small>
        {browser !== null && <small>{browser}</small>}
      </>
    ),
  },
  { name: texts.begun, cell: ({ createdAt }) => <TimeAndName at={createdAt} /> },
  { name: texts.used, cell: ({ lastUsedAt }) => <TimeAndName at={lastUsedAt} /> },
  {
    name: texts.ends,
    cell: ({ idleEndsAt, expiresAt }) =>
      idleEndsAt < expiresAt ? (
        <>
          <TimeAndName at={idleEndsAt} />
          <small>{texts.atTheLatest(formatTime(expiresAt))}</small>
        </>
      ) : (
        <TimeAndName at={expiresAt} />
      ),
  },
];

/** Who has signed in, an end to each session but the own, and links that sign in. */
export function SessionsPage() {
  const [ownId, setOwnId] = useState<string>();
  const [ending, setEnding] = useState<Session>();
  const [isLinking, setLinking] = useState(false);
  const pages = usePages<Session>(
    'sessions',
    async (query) => bodyOf(await api.GET('/api/v1/sessions', { params: { query } })),
    { isLive: true },
  );
  useEffect(() => {
    fetchOwnId().then(setOwnId, () => undefined);
  }, []);

  async function end({ id, name }: Session): Promise<void> {
    try {
      await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } });
    } catch (error) {
      // It has ended otherwise.
      if (!isGone(error)) throw error;
    }
    setEnding(undefined);
    notify({ text: texts.ended(name) });
    void pages.refresh().then(keepFocus);
  }

  const acts: Column<Session> = {
    name: '',
    cell: (session) =>
      session.id === ownId ? (
        <span class="state-quiet">{texts.own}</span>
      ) : (
        <button
          type="button"
          class="text-button"
          aria-label={texts.endOf(session.name, formatTime(session.createdAt))}
          onClick={() => setEnding(session)}
        >
          {texts.end}
        </button>
      ),
  };

  return (
    <ListPage title={strings.desk.lists.names.sessions}>
      <p class="hint">{texts.help}</p>
      <div class="operate-head">
        <button type="button" class="primary-button" onClick={() => setLinking(true)}>
          {texts.link}
        </button>
      </div>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.sessions}
        empty={texts.empty}
        columns={[...FACTS, acts]}
      />
      {ending && (
        <ConfirmDialog
          title={texts.endTitle(ending.name)}
          label={texts.end}
          isDanger
          act={() => end(ending)}
          onClose={() => setEnding(undefined)}
        >
          <p>{texts.endHelp}</p>
        </ConfirmDialog>
      )}
      {isLinking && <LinkDialog onClose={() => setLinking(false)} />}
    </ListPage>
  );
}

/** @returns undefined for a user of the sign-in proxy, who has none */
async function fetchOwnId(): Promise<string | undefined> {
  try {
    return bodyOf(await api.GET('/api/v1/session')).id;
  } catch (error) {
    if (error instanceof ApiProblem) return undefined;
    throw error;
  }
}
