import type { AuditAction } from '../../audit/audit-actions.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Transaction } from '../../database/database.ts';
import type { EventEndpoint } from '../../generated/prisma/client.ts';

type EndpointAction = Extract<AuditAction, `endpoint.${string}`>;

/**
 * Keeps in the audit log what an admin did with an endpoint. Of its address that is the origin alone:
 * paths and queries may hold what should not be read in a log for ever. That they were changed is told by
 * `changed`.
 *
 * @param tx the caller commits it
 */
export async function recordEndpointAct(
  tx: Transaction,
  actor: string,
  action: EndpointAction,
  { before, after }: { before?: EventEndpoint; after?: EventEndpoint },
): Promise<void> {
  const target = (after ?? before)?.id ?? '';
  await recordAudit(tx, [
    {
      ...{ actor, action, target },
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
