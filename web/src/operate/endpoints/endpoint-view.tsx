import { useState } from 'preact/hooks';
import { go } from '../../address.ts';
import { isGone } from '../../api/api-problem.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { Delivery } from '../../api/types.ts';
import { ListPage } from '../../desk/lists/list-page.tsx';
import { ReadProblem } from '../../desk/lists/read-problem.tsx';
import { useFresh } from '../../desk/use-fresh.ts';
import { Icon } from '../../frame/icons.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { DeliveryList } from './delivery-list.tsx';
import { EndpointActs } from './endpoint-acts.tsx';
import { EventTypes } from './endpoint-list.tsx';
import { EndpointState } from './endpoint-state.tsx';
import './endpoints.css';

const texts = strings.operate.endpoints;
const STATES = ['pending', 'delivered', 'failed'] as const;
const LIST = { page: 'desk', filter: {}, list: { name: 'endpoints', filter: {} } } as const;

/** One endpoint: how it is, what can be done with it, and what was sent to it. */
export function EndpointView({ id, state }: { id: string; state: string | undefined }) {
  const [acts, setActs] = useState(0);
  const {
    value: endpoint,
    problem,
    refresh,
  } = useFresh(async () => {
    const params = { path: { id } };
    return bodyOf(await api.GET('/api/v1/endpoints/{id}', { params }));
  });
  const isDeleted = isGone(problem);
  return (
    <ListPage title={texts.title}>
      <PageLink class="text-button endpoint-back" to={LIST}>
        <Icon name="chevronLeft" />
        {texts.back}
      </PageLink>
      {isDeleted && (
        <p class="problem" role="alert">
          {texts.gone}
        </p>
      )}
      {problem && !isDeleted && (
        <ReadProblem text={problem.message} onRetry={() => void refresh()} />
      )}
      {endpoint && !isDeleted && (
        <>
          <dl class="endpoint-facts">
            <div>
              <dt>{texts.url}</dt>
              <dd>
                <span class="endpoint-url">{endpoint.url}</span>
                {endpoint.description !== '' && <small dir="auto">{endpoint.description}</small>}
              </dd>
            </div>
            <div>
              <dt>{texts.state}</dt>
              <dd>
                <EndpointState endpoint={endpoint} />
              </dd>
            </div>
            <div>
              <dt>{texts.types}</dt>
              <dd>
                <EventTypes types={endpoint.types} />
              </dd>
            </div>
            {endpoint.previousSecretUntil !== null && (
              <div>
                <dt>{texts.secret}</dt>
                <dd>{texts.previousUntil(formatTime(endpoint.previousSecretUntil))}</dd>
              </div>
            )}
          </dl>
          <EndpointActs
            endpoint={endpoint}
            onChange={() => {
              setActs((count) => count + 1);
              void refresh();
            }}
            onDeleted={() => go(LIST, 'replace')}
          />
          <h2>{texts.deliveries}</h2>
          <DeliveryList
            endpoint={endpoint}
            acts={acts}
            onAttempt={() => void refresh()}
            state={STATES.find((name): name is Delivery['state'] => name === state)}
          />
        </>
      )}
    </ListPage>
  );
}
