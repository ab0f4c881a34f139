import { api, bodyOf } from '../../api/client.ts';
import type { Sender } from '../../api/types.ts';
import { readAddress } from '../../find/read-search.ts';
import { strings } from '../../strings.ts';
import { Choices } from '../lists/choices.tsx';
import type { ListFilter } from '../lists/list-address.ts';
import { ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { LookUpField } from '../lists/look-up-field.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';

const texts = strings.desk.senders;
const POLICIES = ['quarantine', 'refuse'] as const;

/** Looks one up by number, and lists those about whom something was decided. */
export function SenderList(props: { filter: ListFilter; onOpen: (address: string) => void }) {
  const { filter, onOpen } = props;
  const policy = POLICIES.find((name) => name === filter.policy);
  const muted = filter.muted === 'true';
  const pages = usePages<Sender>(`senders ${policy} ${muted}`, async (page) => {
    const query = { ...page, ...(policy && { policy }), ...(muted && { muted }) };
    return bodyOf(await api.GET('/api/v1/senders', { params: { query } }));
  });

  const columns: readonly Column<Sender>[] = [
    {
      name: texts.number,
      cell: ({ address }) =>
        address === null ? (
          texts.erased
        ) : (
          <button type="button" class="text-button sender-open" onClick={() => onOpen(address)}>
            <bdi>{address}</bdi>
          </button>
        ),
    },
    {
      name: texts.handling,
      cell: ({ policy, muted }) => (
        <>
          {texts.policies[policy]}
          {muted && <small>{texts.muted}</small>}
        </>
      ),
    },
    {
      name: texts.note,
      cell: ({ note }) => note !== null && <p dir="auto">{note}</p>,
    },
    {
      name: texts.changed,
      cell: ({ updatedAt, updatedBy }) => <TimeAndName at={updatedAt} by={updatedBy} />,
    },
  ];

  return (
    <ListPage title={strings.desk.lists.names.senders}>
      <LookUpField
        label={texts.number}
        value=""
        read={readAddress}
        problem={strings.find.problems.address}
        onRead={(address) => {
          if (address !== '') onOpen(address);
        }}
      />
      <Choices
        label={texts.filter}
        list="senders"
        current={filter}
        choices={[
          { text: texts.filters.all, filter: {} },
          ...POLICIES.map((name) => ({ text: texts.filters[name], filter: { policy: name } })),
          { text: texts.filters.muted, filter: { muted: 'true' } },
        ]}
      />
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.senders}
        empty={texts.empty}
        columns={columns}
      />
    </ListPage>
  );
}
