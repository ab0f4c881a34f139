import type { Database } from '../../database/database.ts';
import { generalAdvice, REFUSAL_CAUSES } from './refusal-causes.ts';
import type { RefusedWebhooksItem } from './refused-webhooks-operations.ts';

const KEPT_DAYS = 7;
/** Rows of one cause: those of a flood do not push out others. */
const MAX_OF_CAUSE = 500;

/** What was refused last comes first. The table is small: see `removeOldRefusals`. */
export async function listRefusals(
  { prisma }: Database,
  limit: number,
): Promise<RefusedWebhooksItem[]> {
  const rows = await prisma.refusedWebhook.findMany({
    // A cause of a later release has no words here.
    where: { cause: { in: REFUSAL_CAUSES } },
    orderBy: [{ lastAt: 'desc' }, { receiver: 'asc' }, { cause: 'asc' }, { advice: 'asc' }],
    take: limit,
  });
  return rows.flatMap(({ advice, ...row }) => {
    const cause = REFUSAL_CAUSES.find((name) => name === row.cause);
    if (cause === undefined) return [];
    return [{ ...row, cause, advice: advice === '' ? generalAdvice(cause) : sentence(advice) }];
  });
}

/** The log continues its line with advice. What ends in a value to be copied gets no full stop. */
function sentence(advice: string): string {
  const text = advice.charAt(0).toUpperCase() + advice.slice(1);
  return /(\.|=\S+)$/.test(text) ? text : `${text}.`;
}

/** Removes rows that are older than a week, and the oldest where a cause has more than 500. */
export async function removeOldRefusals({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM refused_webhook WHERE hour < now() - make_interval(days => ${KEPT_DAYS}::int)`;
  await prisma.$executeRaw`
    DELETE FROM refused_webhook AS old USING (
      SELECT hour, receiver, cause, advice,
        row_number() OVER (PARTITION BY cause ORDER BY last_at DESC) AS place FROM refused_webhook
    ) AS ranked
    WHERE ranked.place > ${MAX_OF_CAUSE} AND (old.hour, old.receiver, old.cause, old.advice)
      = (ranked.hour, ranked.receiver, ranked.cause, ranked.advice)`;
}
