import type { Database } from '../../database/database.ts';
import type { ReadinessCheck } from '../../http/health-router.ts';

/** Names the endpoints that are paused because nothing could be delivered; not those paused by hand. */
export function endpointsHealth({ prisma }: Database): ReadinessCheck {
  return async () => {
    const paused = await prisma.eventEndpoint
      .findMany({
        where: { state: 'paused', failingSince: { not: null } },
        select: { id: true },
        orderBy: { id: 'asc' },
      })
      // A database that does not answer is told by its own check.
      .catch(() => []);
    if (paused.length === 0) return undefined;
    return `paused after steady failure: ${paused.map(({ id }) => id).join(', ')}`;
  };
}
