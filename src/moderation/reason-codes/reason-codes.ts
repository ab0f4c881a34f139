import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ReasonCode } from '../../generated/prisma/client.ts';
import type { Page } from '../../http/paging.ts';
import type {
  NewReasonCode,
  ReasonCodeChange,
  ReasonCodeItem,
  ReasonCodeListQuery,
} from './reason-code-schemas.ts';
import { reasonCodeSchema } from './reason-code-schemas.ts';

/** The list of codes for decisions; each change is in the audit log. */
export interface ReasonCodes {
  /** One page, in the order of the codes. */
  list(query: ReasonCodeListQuery): Promise<Page<ReasonCodeItem>>;
  /** @throws AppError `conflict` when there is one */
  create(code: NewReasonCode, actor: string): Promise<ReasonCodeItem>;
  /** Fields that are not given stay. @throws AppError `not_found` */
  update(code: string, change: ReasonCodeChange, actor: string): Promise<ReasonCodeItem>;
  /** Decisions that have it keep it. @throws AppError `not_found` */
  remove(code: string, actor: string): Promise<void>;
}

export function createReasonCodes({ prisma }: Database): ReasonCodes {
  return {
    async list({ limit, cursor = '' }) {
      const rows = await prisma.reasonCode.findMany({
        where: { code: { gt: cursor } },
        orderBy: { code: 'asc' },
        take: limit + 1,
      });
      const { page, last } = toPage(rows, limit);
      return { items: page.map(reasonCodeItem), nextCursor: last?.code ?? null };
    },
    create: (fields, actor) =>
      prisma.$transaction(async (tx) => {
        const [row] = await tx.reasonCode.createManyAndReturn({
          data: [{ ...fields, updatedBy: actor }],
          skipDuplicates: true,
        });
        if (row === undefined) throw new AppError('conflict', 'There is such a code.');
        const { code: target, ...after } = fields;
        await recordAudit(tx, [{ actor, action: 'code.create', target, after }]);
        return reasonCodeItem(row);
      }),
    update: (code, change, actor) =>
      prisma.$transaction(async (tx) => {
        const before = await tx.reasonCode.findUnique({ where: { code } });
        const [row] = await tx.reasonCode.updateManyAndReturn({
          where: { code },
          data: { ...change, updatedBy: actor },
        });
        if (before === null || row === undefined) throw notFound();
        await recordAudit(tx, [
          {
            ...{ actor, action: 'code.update', target: code },
            before: auditedFields(before),
            after: auditedFields(row),
          },
        ]);
        return reasonCodeItem(row);
      }),
    remove: (code, actor) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.reasonCode.deleteMany({ where: { code } });
        if (count === 0) throw notFound();
        await recordAudit(tx, [{ actor, action: 'code.delete', target: code }]);
      }),
  };
}

/**
 * Refuses a code of a person's or a program's decision that is not in the list. While there is no list, every code is
 * accepted.
 *
 * @throws AppError `invalid_request`, which names the code
 */
export type RequireListedCode = (reasonCode: string | null) => Promise<void>;

export function createRequireListedCode({ prisma }: Database): RequireListedCode {
  return async (code) => {
    if (code === null) return;
    const [{ isRefused }] = await prisma.$queryRaw<[{ isRefused: boolean }]>`
      SELECT EXISTS (SELECT 1 FROM reason_code)
        AND NOT EXISTS (SELECT 1 FROM reason_code WHERE code = ${code}) AS "isRefused"`;
    if (!isRefused) return;
    const message = `${code} is not in the list: GET /api/v1/reason-codes`;
    const fields = [{ field: 'reasonCode', message }];
    throw new AppError('invalid_request', 'Not valid: reasonCode.', { fields });
  };
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such code.');
}

function auditedFields({ label, severity, defaultAct, reviewers, onThird }: ReasonCode) {
  return { label, severity, defaultAct, reviewers, onThird };
}

function reasonCodeItem(row: ReasonCode): ReasonCodeItem {
  // One of another release is shown as none.
  const defaultAct = reasonCodeSchema.shape.defaultAct.safeParse(row.defaultAct).data ?? null;
  const onThird = reasonCodeSchema.shape.onThird.safeParse(row.onThird).data ?? 'none';
  return { ...row, defaultAct, reviewers: row.reviewers > 1 ? 2 : 1, onThird };
}
