import { useState } from 'preact/hooks';
import { address } from '../../address.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { Deletion } from '../../api/types.ts';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { Choices } from '../lists/choices.tsx';
import { ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';
import { ReasonText } from '../reason-text.tsx';
import { PartState } from './part-state.tsx';
import { TargetsDialog } from './targets-dialog.tsx';
import './deletions.css';

const texts = strings.desk.deletions;
const STATES = ['stuck', 'open', 'completed'] as const;

const FACTS: readonly Column<Deletion>[] = [
  {
    name: texts.what,
    cell: ({ id, scope, targets }) => (
      <>
        <strong>{texts.scopes[scope] ?? scope}</strong>
        <small>
          {texts.number(id)} · {texts.targets(targets)}
        </small>
      </>
    ),
  },
  {
    name: texts.asked,
    cell: ({ createdAt, requestedBy, reasonCode, reason }) => (
      <>
        <TimeAndName at={createdAt} by={requestedBy} />
        <ReasonText code={reasonCode} text={reason} />
      </>
    ),
  },
  { name: texts.local, cell: ({ local }) => <PartState counts={local} /> },
  { name: texts.previews, cell: ({ previews }) => <PartState counts={previews} /> },
  { name: texts.upstream, cell: ({ upstream }) => <PartState counts={upstream} /> },
  {
    name: texts.state,
    cell: ({ state, completedAt }) => (
      <>
        <span class={`deletion-state deletion-${state}`}>{texts.states[state]}</span>
        {completedAt !== null && <small>{formatTime(completedAt)}</small>}
      </>
    ),
  },
];

/** Where each deletion stands, here and at Twilio. */
export function DeletionsPage() {
  const { filter = {} } = address.value.list ?? {};
  const state = STATES.find((name) => name === filter.state);
  const [shown, setShown] = useState<Deletion>();
  const pages = usePages<Deletion>(
    `deletions ${state}`,
    async (page) => {
      const query = { ...page, ...(state && { state }) };
      return bodyOf(await api.GET('/api/v1/deletions', { params: { query } }));
    },
    { isLive: true },
  );

  async function retry(id: string): Promise<void> {
    try {
      await api.POST('/api/v1/deletions/{id}/retry', { params: { path: { id } } });
      notify({ text: texts.retrying });
    } catch (error) {
      notifyError(error);
    }
    await pages.refresh();
  }

  const acts: Column<Deletion> = {
    name: '',
    cell: (deletion) => (
      <>
        {deletion.state !== 'completed' && (
          <button
            type="button"
            class="text-button"
            aria-label={texts.retryOf(deletion.id)}
            onClick={() => void retry(deletion.id)}
          >
            {texts.retry}
          </button>
        )}
        <button
          type="button"
          class="text-button"
          aria-label={texts.detailsOf(deletion.id)}
          onClick={() => setShown(deletion)}
        >
          {texts.details}
        </button>
      </>
    ),
  };

  return (
    <ListPage title={strings.desk.lists.names.deletions}>
      <Choices
        label={texts.filter}
        list="deletions"
        current={filter}
        choices={[
          { text: texts.filters.all, filter: {} },
          ...STATES.map((name) => ({ text: texts.filters[name], filter: { state: name } })),
        ]}
      />
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.deletions}
        empty={texts.empty}
        columns={[...FACTS, acts]}
      />
      {shown && <TargetsDialog id={shown.id} onClose={() => setShown(undefined)} />}
    </ListPage>
  );
}
