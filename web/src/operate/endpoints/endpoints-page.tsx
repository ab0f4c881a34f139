import { address } from '../../address.ts';
import { EndpointList } from './endpoint-list.tsx';
import { EndpointView } from './endpoint-view.tsx';

/** Where events are sent, and what was sent to one of them. */
export function EndpointsPage() {
  const { endpoint, state } = address.value.list?.filter ?? {};
  if (endpoint === undefined) return <EndpointList />;
  return <EndpointView key={endpoint} id={endpoint} state={state} />;
}
