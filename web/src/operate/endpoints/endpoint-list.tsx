import { useState } from 'preact/hooks';
import { go } from '../../address.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { Endpoint } from '../../api/types.ts';
import { ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { addressOf } from './endpoint-address.ts';
import { EndpointForm, type NewEndpoint } from './endpoint-form.tsx';
import { EndpointSecretDialog } from './endpoint-secret.tsx';
import { EndpointState } from './endpoint-state.tsx';
import './endpoints.css';

const texts = strings.operate.endpoints;

const COLUMNS: readonly Column<Endpoint>[] = [
  {
    name: texts.url,
    cell: ({ id, url, description }) => (
      <>
        <PageLink class="endpoint-link" to={addressOf(id)}>
          {url}
        </PageLink>
        {description !== '' && <small dir="auto">{description}</small>}
      </>
    ),
  },
  { name: texts.types, cell: ({ types }) => <EventTypes types={types} /> },
  { name: texts.state, cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
];

/** All endpoints, and a new one. */
export function EndpointList() {
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<NewEndpoint>();
  const pages = usePages<Endpoint>(
    'endpoints',
    async (query) => bodyOf(await api.GET('/api/v1/endpoints', { params: { query } })),
    { isLive: true },
  );
  return (
    <ListPage title={strings.desk.lists.names.endpoints}>
      <p class="hint">{texts.help}</p>
      <div class="operate-head">
        <button type="button" class="primary-button" onClick={() => setCreating(true)}>
          {texts.create}
        </button>
      </div>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.endpoints}
        empty={texts.empty}
        columns={COLUMNS}
      />
      {isCreating && (
        <EndpointForm
          title={texts.createTitle}
          label={texts.create}
          save={async (body) => {
            const made = bodyOf(await api.POST('/api/v1/endpoints', { body }));
            setCreating(false);
            setCreated(made);
            void pages.refresh();
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {created && (
        <EndpointSecretDialog
          title={texts.createdTitle}
          secret={created.secret}
          onClose={() => go(addressOf(created.id))}
        />
      )}
    </ListPage>
  );
}

/** The event types that an endpoint gets. */
export function EventTypes({ types }: Pick<Endpoint, 'types'>) {
  if (types === null) return texts.allTypes;
  return (
    <ul class="event-types">
      {types.map((type) => (
        <li key={type}>
          <code>{type}</code>
        </li>
      ))}
    </ul>
  );
}
