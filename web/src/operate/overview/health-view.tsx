import type { Health, HealthPart } from '../../api/types.ts';
import type { ListName } from '../../desk/lists/list-address.ts';
import { agoText } from '../../desk/waiting-time.ts';
import { Icon, type IconName } from '../../frame/icons.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';

const texts = strings.operate.overview;

const ICONS: Record<HealthPart['state'], IconName> = {
  ok: 'check',
  degraded: 'warning',
  unavailable: 'warning',
  unknown: 'info',
};

/** Where more is said about a part. */
const PAGES: Record<string, ListName> = {
  webhooks: 'refused',
  events: 'endpoints',
  upstream: 'fetches',
  deletions: 'deletions',
  reconciliation: 'reconciliations',
};

/** By what is to be done about them, what does not work at all first. */
export function partsOf(health: Health | undefined) {
  const parts = health?.parts ?? [];
  return {
    wrong: parts.filter(({ state }) => state === 'unavailable' || state === 'degraded'),
    unknown: parts.filter(({ state }) => state === 'unknown'),
    works: parts.filter(({ state }) => state === 'ok'),
  };
}

/** Whether there is anything to do. */
export function StatusLine({ health }: { health: Health }) {
  const { wrong, unknown } = partsOf(health);
  const worst = worstOf(health.status, wrong.length, unknown.length);
  const words = {
    unavailable: texts.notReady,
    degraded: texts.wrong(wrong.length),
    unknown: texts.noneWrong(unknown.length),
    ok: texts.allWell,
  };
  return (
    <div class={`health-status health-${worst}`} role="status">
      <Icon name={ICONS[worst]} />
      <h2>{words[worst]}</h2>
    </div>
  );
}

function worstOf(status: Health['status'], wrong: number, unknown: number): HealthPart['state'] {
  if (status === 'not ready') return 'unavailable';
  if (wrong > 0) return 'degraded';
  return unknown > 0 ? 'unknown' : 'ok';
}

/** What each part is, how it is, and what to do. */
export function PartList({ parts }: { parts: readonly HealthPart[] }) {
  if (parts.length === 0) return null;
  return (
    <ul class="health-parts">
      {parts.map((part) => (
        <li key={part.name} class={`health-part health-${part.state}`} data-part={part.name}>
          <Part part={part} />
        </li>
      ))}
    </ul>
  );
}

function Part({ part }: { part: HealthPart }) {
  const { name, state, since, meaning, detail, remedy } = part;
  const page = state === 'ok' ? undefined : PAGES[name];
  return (
    <>
      <Icon name={ICONS[state]} />
      <div>
        <h3>
          {texts.parts[name] ?? name}
          {state !== 'ok' && <small>{texts.states[state]}</small>}
        </h3>
        <p>{meaning}</p>
        {detail !== null && <p class="health-detail">{detail}</p>}
        {remedy !== null && <p>{remedy}</p>}
        {page !== undefined && (
          <PageLink to={{ page: 'desk', filter: {}, list: { name: page, filter: {} } }}>
            {strings.desk.lists.names[page]}
          </PageLink>
        )}
        {state !== 'ok' && <small>{texts.since(formatTime(since))}</small>}
      </div>
    </>
  );
}

/** Whether something comes in, and is worked off. */
export function Arrivals({ health }: { health: Health }) {
  const { lastWebhookAt, heartbeatAt, dueJobs } = health;
  const [oldest] = dueJobs;
  const facts = [
    [
      texts.lastWebhook,
      lastWebhookAt === null ? texts.noWebhook : texts.ago(agoText(lastWebhookAt)),
    ],
    [texts.worker, heartbeatAt === null ? texts.noWorker : texts.ago(agoText(heartbeatAt))],
    [texts.jobs, oldest === undefined ? texts.noJobs : texts.since(formatTime(oldest.oldestDueAt))],
  ] as const;
  return (
    <dl class="health-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
