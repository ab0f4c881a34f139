import { type Address, address } from '../../address.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { AuditEntry } from '../../api/types.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { isAdmin } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { writeListFilter } from '../lists/list-address.ts';
import { ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';
import { ReasonText } from '../reason-text.tsx';
import { AuditFilter } from './audit-filter.tsx';
import { auditQueryOf, exportHref } from './audit-query.ts';
import { Changes } from './changes.tsx';
import './audit.css';

const texts = strings.desk.audit;
const MEDIA_SID = /^ME[0-9a-f]{32}$/;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: texts.when, cell: ({ at }) => <TimeAndName at={at} /> },
  {
    name: texts.who,
    cell: ({ actor }) => (
      <span class="audit-who" dir="auto">
        {actor}
      </span>
    ),
  },
  {
    name: texts.did,
    cell: ({ action, after }) => (
      <>
        <strong>{texts.actions[action] ?? action}</strong>
        {after?.undoOf !== undefined && <small>{texts.ofBulkUndo}</small>}
        <small>{action}</small>
      </>
    ),
  },
  {
    name: texts.target,
    cell: ({ target }) => (
      <span class="audit-target" title={target}>
        <PageLink to={placeOf(target)}>{target}</PageLink>
      </span>
    ),
  },
  {
    name: texts.change,
    cell: ({ before, after, reasonCode, reason }) => (
      <>
        <Changes before={before} after={after} />
        <ReasonText code={reasonCode} text={reason} />
      </>
    ),
  },
];

/** The story of an attachment, of anything else its entries. */
function placeOf(target: string): Address {
  if (MEDIA_SID.test(target)) return { page: 'desk', filter: {}, story: target };
  return { page: 'desk', filter: {}, list: { name: 'audit', filter: { target } } };
}

/** Who did what, to what, when and why. */
export function AuditPage() {
  const { filter = {} } = address.value.list ?? {};
  const key = writeListFilter(filter);
  const pages = usePages<AuditEntry>(key, async (page) => {
    const query = { ...auditQueryOf(filter), ...page };
    return bodyOf(await api.GET('/api/v1/audit', { params: { query } }));
  });
  return (
    <ListPage title={strings.desk.lists.names.audit}>
      <AuditFilter filter={filter} />
      {isAdmin.value && (
        <a class="text-button audit-export" href={exportHref(filter)} download="">
          {texts.export}
        </a>
      )}
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.audit}
        empty={texts.empty}
        columns={COLUMNS}
      />
    </ListPage>
  );
}
