import type { Endpoint } from '../../api/types.ts';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';

const texts = strings.operate.endpoints;

/** Whether events are sent, and since when not. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const { state, pausedReason, pausedAt, failingSince } = endpoint;
  return (
    <>
      {state === 'paused' ? (
        <span class="state-bad">{texts.states.paused}</span>
      ) : failingSince === null ? (
        texts.states.active
      ) : (
        <span class="state-caution">{texts.states.failing}</span>
      )}
      {pausedAt !== null && <small>{texts.since(formatTime(pausedAt))}</small>}
      {pausedReason !== null && <small>{pausedReason}</small>}
      {state === 'active' && failingSince !== null && (
        <small>{texts.failingSince(formatTime(failingSince))}</small>
      )}
    </>
  );
}
