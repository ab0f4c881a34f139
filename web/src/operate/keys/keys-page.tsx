import { useState } from 'preact/hooks';
import { isGone } from '../../api/api-problem.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { ApiKey } from '../../api/types.ts';
import { ConfirmDialog } from '../../desk/lists/confirm-dialog.tsx';
import { keepFocus, ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { notify } from '../../frame/announcements.tsx';
import { caller } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { SecretDialog } from '../secret-dialog.tsx';
import { KeyForm, type NewApiKey } from './key-form.tsx';

const texts = strings.operate.keys;

const FACTS: readonly Column<ApiKey>[] = [
  {
    name: texts.name,
    cell: ({ name, role }) => (
      <>
        <strong>{name}</strong>
        <small>{strings.header.roles[role]}</small>
      </>
    ),
  },
  {
    name: texts.worksOn,
    cell: ({ numbers, queues }) => {
      const names = strings.desk.queues as Record<string, string>;
      return (
        <>
          {numbers.length > 0 && <bdi>{numbers.join(', ')}</bdi>}
          {queues.length > 0 && (
            <small>{queues.map((name) => names[name] ?? name).join(', ')}</small>
          )}
          {numbers.length + queues.length === 0 && texts.everything}
        </>
      );
    },
  },
  { name: texts.created, cell: ({ createdAt }) => <TimeAndName at={createdAt} /> },
  {
    name: texts.used,
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? texts.never : <TimeAndName at={lastUsedAt} />),
  },
];

/** Who may call the API. */
export function KeysPage() {
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<NewApiKey>();
  const [leaving, setLeaving] = useState<ApiKey>();
  const pages = usePages<ApiKey>('keys', async (query) =>
    bodyOf(await api.GET('/api/v1/keys', { params: { query } })),
  );

  async function revoke(name: string): Promise<void> {
    try {
      await api.DELETE('/api/v1/keys/{name}', { params: { path: { name } } });
    } catch (error) {
      // Somebody else was quicker.
      if (!isGone(error)) throw error;
    }
    setLeaving(undefined);
    notify({ text: texts.revoked(name) });
    void pages.refresh().then(keepFocus);
  }

  const acts: Column<ApiKey> = {
    name: '',
    cell: (key) =>
      key.revokedAt === null ? (
        <button
          type="button"
          class="text-button"
          aria-label={texts.revokeOf(key.name)}
          onClick={() => setLeaving(key)}
        >
          {texts.revoke}
        </button>
      ) : (
        <span class="state-quiet">{texts.revokedAt(formatTime(key.revokedAt))}</span>
      ),
  };

  return (
    <ListPage title={strings.desk.lists.names.keys}>
      <p class="hint">{texts.help}</p>
      <div class="operate-head">
        <button type="button" class="primary-button" onClick={() => setCreating(true)}>
          {texts.create}
        </button>
      </div>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.keys}
        empty={texts.empty}
        columns={[...FACTS, acts]}
      />
      {isCreating && (
        <KeyForm
          onCreated={(key) => {
            setCreating(false);
            setCreated(key);
            void pages.refresh();
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {created && (
        <SecretDialog
          title={texts.createdTitle(created.name)}
          label={texts.secret}
          secret={created.secret}
          onClose={() => setCreated(undefined)}
        >
          <p>{texts.secretHelp}</p>
        </SecretDialog>
      )}
      {leaving && (
        <ConfirmDialog
          title={texts.revokeTitle(leaving.name)}
          label={texts.revoke}
          isDanger
          act={() => revoke(leaving.name)}
          onClose={() => setLeaving(undefined)}
        >
          <p>{texts.revokeHelp}</p>
          {leaving.name === caller.value?.name && <p>{texts.revokeOwn}</p>}
        </ConfirmDialog>
      )}
    </ListPage>
  );
}
