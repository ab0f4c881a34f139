import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { Media, Report } from '../../generated/prisma/client.ts';
import { datedPage } from '../../http/dated-cursor.ts';
import type { Reason } from '../../http/fields.ts';
import type { Page } from '../../http/paging.ts';
import type { ReportBody, ReportItem, ReportListQuery } from './report-schemas.ts';
import { RESOLUTIONS } from './report-schemas.ts';

export interface Reports {
  /**
   * Reports an attachment. Somebody whose report of it is open gets that one again.
   *
   * @param reporter `seesAll` when what is held back exists for them
   * @throws AppError `not_found`, also when the reporter may not see it, and `media_deleted`
   */
  report(
    mediaSid: string,
    body: ReportBody,
    reporter: { name: string; seesAll: boolean },
  ): Promise<{ report: ReportItem; isNew: boolean }>;
  /**
   * One page of the reports of an attachment, newest first.
   *
   * @throws AppError `not_found`, `media_deleted`
   */
  ofMedia(mediaSid: string, page: Omit<ReportListQuery, 'state'>): Promise<Page<ReportItem>>;
  /** One page of all reports, newest first. */
  list(query: ReportListQuery): Promise<Page<ReportItem>>;
  /**
   * Resolves a report without a decision about the attachment.
   *
   * @throws AppError `not_found`, `conflict` when it is resolved
   */
  dismiss(id: string, actor: string, reason: Reason): Promise<ReportItem>;
}

export function createReports({ prisma }: Database): Reports {
  async function readPage(
    where: object,
    page: Omit<ReportListQuery, 'state'>,
  ): Promise<Page<ReportItem>> {
    const { items, nextCursor } = await datedPage(page, (select) =>
      prisma.report.findMany({ ...select, where: { ...where, ...select.where } }),
    );
    return { items: items.map(reportItem), nextCursor };
  }

  return {
    report: (mediaSid, { reason, reasonCode }, { name, seesAll }) =>
      prisma.$transaction(async (tx) => {
        const media = await lockMedia(tx, mediaSid);
        if (media === undefined || (!seesAll && media.moderation !== 'visible')) throw notFound();
        if (media.state === 'deleted') throw deleted();
        const where = { mediaSid, reportedBy: name, resolvedAt: null };
        // Its lock on the media makes this the only report of the moment.
        const open = await tx.report.findFirst({ where });
        if (open !== null) return { report: reportItem(open), isNew: false };
        const data = { id: randomUUID(), mediaSid, reportedBy: name, reason, reasonCode };
        const report = await tx.report.create({ data: { ...data, createdAt: new Date() } });
        await tx.media.updateMany({
          where: { sid: mediaSid, reportedAt: null },
          data: { reportedAt: report.createdAt },
        });
        // The words of the reporter are about people, and are not kept for ever.
        const after = { reportId: report.id };
        await recordAudit(tx, [
          { actor: name, action: 'media.report', target: mediaSid, reasonCode, after },
        ]);
        const { messageSid, accountSid } = media;
        const facts = { mediaSid, messageSid, accountSid, reasonCode, reportedBy: name };
        await recordEvents(tx, [
          {
            type: 'media.reported',
            messageSid,
            mediaSid,
            data: { ...facts, reportId: report.id },
          },
        ]);
        return { report: reportItem(report), isNew: true };
      }),
    async ofMedia(mediaSid, page) {
      const media = await prisma.media.findUnique({
        where: { sid: mediaSid },
        select: { state: true },
      });
      if (media === null) throw notFound();
      if (media.state === 'deleted') throw deleted();
      return readPage({ mediaSid }, page);
    },
    list({ state, ...page }) {
      const isOpen = state === 'open' ? null : { not: null };
      return readPage(state === undefined ? {} : { resolvedAt: isOpen }, page);
    },
    dismiss: (id, actor, reason) =>
      prisma.$transaction(async (tx) => {
        const found = await tx.report.findUnique({ where: { id } });
        if (found === null) throw new AppError('not_found', 'There is no report with this id.');
        const { mediaSid } = found;
        await lockMedia(tx, mediaSid);
        const [report] = await tx.report.updateManyAndReturn({
          where: { id, resolvedAt: null },
          data: { resolvedAt: new Date(), resolvedBy: actor, resolution: 'dismiss' },
        });
        if (report === undefined) throw new AppError('conflict', 'It is resolved.');
        const next = await tx.report.findFirst({
          where: { mediaSid, resolvedAt: null },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
        const reportedAt = next?.createdAt ?? null;
        await tx.media.updateMany({ where: { sid: mediaSid }, data: { reportedAt } });
        const after = { reportId: id };
        await recordAudit(tx, [
          { ...reason, actor, action: 'report.dismiss', target: mediaSid, after },
        ]);
        return reportItem(report);
      }),
  };
}

type LockedMedia = Pick<Media, 'messageSid' | 'accountSid' | 'moderation' | 'state'>;

/** As decisions do: what a report finds is what is decided about behind it. */
async function lockMedia(tx: Transaction, sid: string): Promise<LockedMedia | undefined> {
  const [media] = await tx.$queryRaw<LockedMedia[]>`
    SELECT message_sid AS "messageSid", account_sid AS "accountSid", moderation, state
    FROM media WHERE sid = ${sid} FOR NO KEY UPDATE`;
  return media;
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no media with this sid.');
}

function deleted(): AppError {
  return new AppError('media_deleted', 'This media was deleted.');
}

function reportItem({ resolution, ...report }: Report): ReportItem {
  return {
    ...report,
    state: report.resolvedAt === null ? 'open' : 'resolved',
    // One of another release is shown as none.
    resolution: RESOLUTIONS.find((known) => known === resolution) ?? null,
  };
}
