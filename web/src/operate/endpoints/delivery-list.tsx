import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import { serverNow } from '../../api/server-clock.ts';
import type { Delivery, Endpoint } from '../../api/types.ts';
import { Choices } from '../../desk/lists/choices.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { AttemptsDialog } from './attempts-dialog.tsx';

const texts = strings.operate.endpoints;
const STATES = ['failed', 'pending', 'delivered'] as const;

/** @param isPaused whether nothing is sent */
const factsOf = (isPaused: boolean): readonly Column<Delivery>[] => [
  {
    name: texts.event,
    cell: ({ type, mediaSid, messageSid }) => (
      <>
        <code>{type}</code>
        {mediaSid === null ? (
          messageSid !== null && <small class="delivery-sid">{messageSid}</small>
        ) : (
          <PageLink
            class="delivery-sid"
            to={{ page: 'desk', filter: {}, story: mediaSid }}
            label={texts.storyOf(mediaSid)}
          >
            {mediaSid}
          </PageLink>
        )}
      </>
    ),
  },
  { name: texts.created, cell: ({ createdAt }) => <TimeAndName at={createdAt} /> },
  {
    name: texts.state,
    cell: ({ state, nextAttemptAt, deliveredAt }) => (
      <>
        <span class={CLASSES[state]}>{texts.deliveryStates[state]}</span>
        {deliveredAt !== null && <small>{formatTime(deliveredAt)}</small>}
        {nextAttemptAt !== null && (
          <small>
            {isPaused ? texts.whenResumed : texts.nextAttempt(formatTime(nextAttemptAt))}
          </small>
        )}
      </>
    ),
  },
  {
    name: texts.lastAttempt,
    cell: ({ attempts: [last, ...before] }) =>
      last && (
        <>
          {texts.answer(last.status)}
          {before.length > 0 && <small>{texts.ofAttempts(before.length + 1)}</small>}
          {last.error !== null && <small dir="auto">{last.error}</small>}
        </>
      ),
  },
];

const ATTEMPT_MS = 2000;
/** What is being sent has its next attempt as late as this, in case the worker is lost. */
const CLAIM_MS = 40_000;

/** When an attempt may have been made: milliseconds from now; null when nothing is to be sent. */
function nextLookMs({ state }: Endpoint, deliveries: readonly Delivery[]): number | null {
  const times = deliveries.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []).toSorted();
  const [next] = times;
  if (state === 'paused' || next === undefined) return null;
  const wait = Date.parse(next) - serverNow();
  // It may be on its way, and answered at once.
  if (wait <= CLAIM_MS) return ATTEMPT_MS;
  // Timers take no longer ones; the list is read before that.
  return Math.min(wait + ATTEMPT_MS, 3_600_000);
}

const CLASSES = { failed: 'state-bad', pending: '', delivered: 'state-quiet' } as const;

/** What was sent to an endpoint, with its attempts, and one sent again. */
export function DeliveryList(props: {
  endpoint: Endpoint;
  /** Only those in it. */
  state: Delivery['state'] | undefined;
  /** How often something was done with the endpoint: the list is read again. */
  acts: number;
  /** An attempt should have been made: the endpoint may be paused now. */
  onAttempt: () => void;
}) {
  const { endpoint, state } = props;
  const { id } = endpoint;
  const [shown, setShown] = useState<Delivery>();
  const pages = usePages<Delivery>(
    `deliveries ${id} ${state}`,
    async (page) => {
      const params = { path: { id }, query: { ...page, ...(state && { state }) } };
      return bodyOf(await api.GET('/api/v1/endpoints/{id}/deliveries', { params }));
    },
    { isLive: true },
  );

  useEffect(() => {
    if (props.acts > 0) void pages.refresh();
  }, [props.acts]);
  // Attempts have no events.
  const { items } = pages;
  useEffect(() => {
    const wait = nextLookMs(endpoint, items ?? []);
    if (wait === null) return;
    const timer = window.setTimeout(() => {
      props.onAttempt();
      void pages.refresh();
    }, wait);
    return () => window.clearTimeout(timer);
  }, [items, endpoint.state]);

  async function resend(delivery: Delivery): Promise<void> {
    try {
      const params = { path: { id: delivery.id } };
      await api.POST('/api/v1/deliveries/{id}/resend', { params });
      notify({ text: texts.resent });
    } catch (error) {
      notifyError(error);
    }
    await pages.refresh();
  }

  const acts: Column<Delivery> = {
    name: '',
    cell: (delivery) => {
      const what = texts.eventAt(delivery.type, formatTime(delivery.createdAt));
      return (
        <>
          {delivery.attempts.length > 0 && (
            <button
              type="button"
              class="text-button"
              aria-label={texts.attemptsOf(what)}
              onClick={() => setShown(delivery)}
            >
              {texts.attempts}
            </button>
          )}
          {endpoint.state === 'active' && (
            <button
              type="button"
              class="text-button"
              aria-label={texts.resendOf(what)}
              onClick={() => void resend(delivery)}
            >
              {texts.resend}
            </button>
          )}
        </>
      );
    },
  };

  return (
    <>
      <Choices
        label={texts.deliveryState}
        list="endpoints"
        current={{ endpoint: id, ...(state && { state }) }}
        choices={[
          { text: texts.allDeliveries, filter: { endpoint: id } },
          ...STATES.map((name) => ({
            text: texts.deliveryStates[name],
            filter: { endpoint: id, state: name },
          })),
        ]}
      />
      <ListTable
        pages={pages}
        label={texts.deliveries}
        empty={texts.noDeliveries}
        columns={[...factsOf(endpoint.state === 'paused'), acts]}
      />
      {shown && <AttemptsDialog delivery={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
