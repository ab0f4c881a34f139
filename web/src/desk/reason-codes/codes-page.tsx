import { useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { ReasonCode } from '../../api/types.ts';
import { isAdmin } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { keepFocus, ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';
import { CodeDialog } from './code-dialog.tsx';
import { RemoveCodeDialog } from './remove-code-dialog.tsx';

const texts = strings.desk.codes;

type Row = ReasonCode & { id: string };

const FACTS: readonly Column<Row>[] = [
  {
    name: texts.code,
    cell: ({ code, label }) => (
      <>
        <strong dir="auto">{label}</strong>
        <small>
          <code>{code}</code>
        </small>
      </>
    ),
  },
  { name: texts.severity, cell: ({ severity }) => texts.severities[severity] },
  { name: texts.defaultAct, cell: ({ defaultAct }) => texts.suggests[defaultAct ?? 'none'] },
  { name: texts.reviewers, cell: ({ reviewers }) => texts.people[reviewers] },
  { name: texts.onThird, cell: ({ onThird }) => texts.thirds[onThird] },
  {
    name: texts.changed,
    cell: ({ updatedAt, updatedBy }) => <TimeAndName at={updatedAt} by={updatedBy} />,
  },
];

/** The team's codes for decisions; admins change the list. */
export function CodesPage() {
  const pages = usePages<Row>('codes', async (query) => {
    const { items, nextCursor } = bodyOf(
      await api.GET('/api/v1/reason-codes', { params: { query } }),
    );
    return { items: items.map((code) => ({ ...code, id: code.code })), nextCursor };
  });
  const [changing, setChanging] = useState<ReasonCode | 'new'>();
  const [leaving, setLeaving] = useState<ReasonCode>();
  const readAgain = () => void pages.refresh().then(keepFocus);

  const acts: Column<Row> = {
    name: '',
    cell: (code) => (
      <>
        <button
          type="button"
          class="text-button"
          aria-label={texts.changeOf(code.code)}
          onClick={() => setChanging(code)}
        >
          {texts.change}
        </button>
        <button
          type="button"
          class="text-button"
          aria-label={texts.removeOf(code.code)}
          onClick={() => setLeaving(code)}
        >
          {texts.remove}
        </button>
      </>
    ),
  };

  return (
    <ListPage title={strings.desk.lists.names.codes}>
      <p class="hint">{texts.help}</p>
      {isAdmin.value && (
        <button type="button" class="primary-button code-add" onClick={() => setChanging('new')}>
          {texts.add}
        </button>
      )}
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.codes}
        empty={texts.empty}
        columns={isAdmin.value ? [...FACTS, acts] : FACTS}
      />
      {changing && (
        <CodeDialog
          known={changing === 'new' ? undefined : changing}
          onSaved={readAgain}
          onClose={() => setChanging(undefined)}
        />
      )}
      {leaving && (
        <RemoveCodeDialog
          code={leaving.code}
          isLast={pages.items?.length === 1}
          onRemoved={readAgain}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </ListPage>
  );
}
