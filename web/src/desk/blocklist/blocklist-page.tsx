import { useState } from 'preact/hooks';
import { address, go } from '../../address.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { BlocklistEntry } from '../../api/types.ts';
import { readHash } from '../../find/read-search.ts';
import { notify } from '../../frame/announcements.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { isAdmin } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { CopyButton } from '../../viewer/copy-button.tsx';
import { Choices } from '../lists/choices.tsx';
import { keepFocus, ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { LookUpField } from '../lists/look-up-field.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';
import { ReasonText } from '../reason-text.tsx';
import { CaughtDialog } from './caught-dialog.tsx';
import { caughtText } from './caught-text.ts';
import { TakeOutDialog } from './take-out-dialog.tsx';
import './blocklist.css';

const texts = strings.desk.blocklist;
const KINDS = ['sha256', 'pdq'] as const;

const FACTS: readonly Column<BlocklistEntry>[] = [
  {
    name: texts.what,
    cell: ({ id, kind, hash }) => (
      <>
        <strong>{texts.kinds[kind]}</strong>
        <small>{texts.entry(id)}</small>
        <span class="blocklist-hash">
          <code title={hash}>{`${hash.slice(0, 12)}…`}</code>
          <CopyButton text={hash} label={texts.copyHash(id)} />
        </span>
      </>
    ),
  },
  { name: texts.does, cell: ({ policy }) => texts.policies[policy] },
  {
    name: texts.why,
    cell: ({ reasonCode, reason }) => <ReasonText code={reasonCode} text={reason} />,
  },
  {
    name: texts.added,
    cell: ({ createdAt, createdBy, source }) => (
      <>
        <TimeAndName at={createdAt} by={createdBy} />
        <small>{texts.sources[source]}</small>
      </>
    ),
  },
];

/** What is kept out: bytes, and what pictures look like. */
export function BlocklistPage() {
  const { filter = {} } = address.value.list ?? {};
  const kind = KINDS.find((name) => name === filter.kind);
  const { hash } = filter;
  const [leaving, setLeaving] = useState<BlocklistEntry>();
  const [shown, setShown] = useState<BlocklistEntry>();
  const pages = usePages<BlocklistEntry>(`blocklist ${kind} ${hash}`, async (page) => {
    const query = { ...page, ...(kind && { kind }), ...(hash && { hash }) };
    return bodyOf(await api.GET('/api/v1/blocklist', { params: { query } }));
  });

  const caught: Column<BlocklistEntry> = {
    name: texts.caught,
    cell: (entry) =>
      entry.caught === 0 ? (
        texts.caughtNone
      ) : (
        <button
          type="button"
          class="text-button blocklist-caught"
          aria-label={`${texts.caughtTitle(entry.id)}: ${caughtText(entry)}`}
          onClick={() => setShown(entry)}
        >
          {caughtText(entry)}
        </button>
      ),
  };
  const acts: Column<BlocklistEntry> = {
    name: '',
    cell: (entry) => (
      <>
        {entry.kind === 'sha256' && (
          <PageLink
            class="text-button"
            to={{ page: 'grid', filter: { sha256: entry.hash } }}
            label={texts.matchesOf(entry.id)}
          >
            {texts.matches}
          </PageLink>
        )}
        {isAdmin.value && (
          <button
            type="button"
            class="text-button"
            aria-label={texts.removeOf(entry.id)}
            onClick={() => setLeaving(entry)}
          >
            {texts.remove}
          </button>
        )}
      </>
    ),
  };

  return (
    <ListPage title={strings.desk.lists.names.blocklist}>
      <p class="hint">{texts.help}</p>
      <LookUpField
        label={texts.hash}
        value={hash ?? ''}
        read={readHash}
        problem={texts.hashProblem}
        onRead={(found) => {
          const list = { name: 'blocklist', filter: found === '' ? {} : { hash: found } } as const;
          go({ page: 'desk', filter: {}, list });
        }}
      />
      <Choices
        label={texts.filter}
        list="blocklist"
        current={filter}
        choices={[
          { text: texts.filters.all, filter: {} },
          ...KINDS.map((name) => ({ text: texts.filters[name], filter: { kind: name } })),
        ]}
      />
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.blocklist}
        empty={hash === undefined ? texts.empty : texts.emptyOfHash}
        columns={[...FACTS, caught, acts]}
      />
      {leaving && (
        <TakeOutDialog
          entry={leaving}
          onTakenOut={() => {
            const show = { label: texts.showCaught, run: () => setShown(leaving) };
            notify({ text: texts.removed, ...(leaving.caught > 0 && { action: show }) });
            void pages.refresh().then(keepFocus);
          }}
          onClose={() => setLeaving(undefined)}
        />
      )}
      {shown && <CaughtDialog entry={shown} onClose={() => setShown(undefined)} />}
    </ListPage>
  );
}
