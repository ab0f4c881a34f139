import { randomBytes } from 'node:crypto';
import { type AuditAction, recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { EventEndpoint } from '../../generated/prisma/client.ts';
import { createdPage } from '../../http/created-page.ts';
import type { Page } from '../../http/paging.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { EventType } from '../event-schemas.ts';
import { newEndpointSecret } from './endpoint-settings.ts';
import type { EndpointItem, EndpointListQuery } from './endpoints-operations.ts';

/** The settings of an endpoint that an admin can change. */
interface EndpointSettings {
  url: string;
  description: string;
  /** Null for all. */
  types: EventType[] | null;
}

/** Changes are recorded in the audit log with `actor` as their author. */
export interface Endpoints {
  /** Creates an endpoint. Its secret is returned only here. */
  create(settings: EndpointSettings, actor: string): Promise<EndpointItem & { secret: string }>;
  /** One page, oldest first. */
  list(query: EndpointListQuery): Promise<Page<EndpointItem>>;
  find(id: string): Promise<EndpointItem>;
  /** The state `active` resumes a paused endpoint: pending deliveries are sent with full retry schedules. */
  change(
    id: string,
    changes: Partial<EndpointSettings & Pick<EventEndpoint, 'state'>>,
    actor: string,
  ): Promise<EndpointItem>;
  /** Counts the deliveries that are deleted with an endpoint; nothing is changed or recorded. */
  countRemoval(id: string): Promise<{ deliveries: number; pending: number }>;
  /** Deletes an endpoint and its deliveries. */
  remove(id: string, actor: string): Promise<void>;
  /** Makes a new secret; for a day the previous one is used for signing as well. */
  rotateSecret(id: string, actor: string): Promise<{ secret: string; previousSecretUntil: Date }>;
}

const OLD_SECRET_MS = 86_400_000;

/** Endpoints in the database. All but `create` and `list` throw AppError `not_found`. */
export function createEndpoints({ prisma }: Database, queue: JobQueue): Endpoints {
  async function resume(tx: Transaction, endpointId: string): Promise<void> {
    await tx.eventDelivery.updateMany({
      where: { endpointId, state: 'pending' },
      data: { failures: 0, firstFailedAt: null, nextAttemptAt: new Date() },
    });
    await queue.send(tx, 'deliver-events', [{ payload: { endpointId, at: 'now' } }]);
  }

  return {
    async create({ types, ...settings }, actor) {
      const id = `ep_${randomBytes(12).toString('hex')}`;
      const secret = newEndpointSecret();
      const data = { ...settings, id, secret, types: types ?? [] };
      const row = await prisma.$transaction(async (tx) => {
        const after = await tx.eventEndpoint.create({ data });
        await recordEndpointAct(tx, actor, 'endpoint.create', { after });
        return after;
      });
      return { ...endpointItem(row), secret };
    },
    async list(query) {
      const { items, nextCursor } = await createdPage(query, (select) =>
        prisma.eventEndpoint.findMany(select),
      );
      return { items: items.map(endpointItem), nextCursor };
    },
    find: async (id) => endpointItem(await existing(prisma, id)),
    change: (id, { types, state, ...settings }, actor) =>
      prisma.$transaction(async (tx) => {
        const before = await locked(tx, id);
        const isPaused = state === 'paused' && before.state === 'active';
        const isResumed = state === 'active' && before.state === 'paused';
        const after = await tx.eventEndpoint.update({
          where: { id },
          data: {
            ...settings,
            ...(types === undefined ? {} : { types: types ?? [] }),
            ...(isPaused ? { state, ...PAUSED_BY_HAND, pausedAt: new Date() } : {}),
            ...(isResumed ? { state, ...NOT_PAUSED } : {}),
          },
        });
        if (isResumed) await resume(tx, id);
        await recordEndpointAct(tx, actor, 'endpoint.update', { before, after });
        return endpointItem(after);
      }),
    async countRemoval(endpointId) {
      await existing(prisma, endpointId);
      const { eventDelivery } = prisma;
      const deliveries = await eventDelivery.count({ where: { endpointId } });
      const pending = await eventDelivery.count({ where: { endpointId, state: 'pending' } });
      return { deliveries, pending };
    },
    remove: (id, actor) =>
      prisma.$transaction(async (tx) => {
        const before = await locked(tx, id);
        await tx.eventEndpoint.delete({ where: { id } });
        await recordEndpointAct(tx, actor, 'endpoint.delete', { before });
      }),
    rotateSecret: (id, actor) =>
      prisma.$transaction(async (tx) => {
        const { secret: previousSecret } = await locked(tx, id);
        const secret = newEndpointSecret();
        const previousSecretUntil = new Date(Date.now() + OLD_SECRET_MS);
        const data = { secret, previousSecret, previousSecretUntil };
        const after = await tx.eventEndpoint.update({ where: { id }, data });
        await recordEndpointAct(tx, actor, 'endpoint.rotate-secret', { after });
        return { secret, previousSecretUntil };
      }),
  };
}

const PAUSED_BY_HAND = { pausedReason: 'Paused by an admin', failingSince: null };
const NOT_PAUSED = { pausedReason: null, pausedAt: null, failingSince: null };

async function existing(tx: Transaction, id: string): Promise<EventEndpoint> {
  const row = await tx.eventEndpoint.findUnique({ where: { id } });
  if (row === null) throw new AppError('not_found', 'There is no endpoint with this id.');
  return row;
}

/** Locks the row, so that the second of two concurrent changes starts from the result of the first. */
async function locked(tx: Transaction, id: string): Promise<EventEndpoint> {
  await tx.$queryRaw`SELECT id FROM event_endpoint WHERE id = ${id} FOR UPDATE`;
  return existing(tx, id);
}

function endpointItem({
  secret: _secret,
  previousSecret: _previous,
  types,
  ...row
}: EventEndpoint): EndpointItem {
  return { ...row, types: types.length === 0 ? null : types };
}

type EndpointAction = Extract<AuditAction, `endpoint.${string}`>;

/**
 * Records in the audit log what an admin did with an endpoint. Only the origin of its URL is
 * recorded, because paths and queries may hold secrets that should not stay in a log for ever;
 * `changed` shows that the URL was changed.
 *
 * @param tx committed by the caller
 */
async function recordEndpointAct(
  tx: Transaction,
  actor: string,
  action: EndpointAction,
  { before, after }: { before?: EventEndpoint; after?: EventEndpoint },
): Promise<void> {
  const target = (after ?? before)?.id ?? '';
  await recordAudit(tx, [
    {
      actor,
      action,
      target,
      ...(before === undefined ? {} : { before: facts(before) }),
      ...(after === undefined ? {} : { after: { ...facts(after), ...changes(before, after) } }),
    },
  ]);
}

function facts({ url, types, state }: EventEndpoint) {
  return { origin: new URL(url).origin, types, state };
}

const SETTINGS = ['url', 'description', 'types', 'state'] as const;

function changes(before: EventEndpoint | undefined, after: EventEndpoint) {
  if (before === undefined) return {};
  const changed = SETTINGS.filter((name) => String(before[name]) !== String(after[name]));
  return { changed };
}
