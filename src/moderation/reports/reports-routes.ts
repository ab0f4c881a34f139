import { callerOf, hasRole } from '../../auth/authentication.ts';
import { sendPage } from '../../http/paging.ts';
import { type Route, route } from '../../http/resource-router.ts';
import type { Reports } from './reports.ts';
import { reportOperations as operations } from './reports-operations.ts';

/** The reports of one attachment: below its path. */
export function createMediaReportRoutes(reports: Reports): Route[] {
  return [
    route(operations.reportMedia, async ({ params: { sid }, body, request, response }) => {
      const caller = callerOf(response);
      const reporter = { name: caller.name, seesAll: hasRole(caller, 'moderator') };
      const { report, isNew } = await reports.report(sid, body, reporter);
      request.log.info({ mediaSid: sid, reportId: report.id, isNew }, 'media reported');
      response.status(isNew ? 201 : 200).json(report);
    }),
    route(operations.listMediaReports, async ({ params: { sid }, query, request, response }) => {
      sendPage(request, response, await reports.ofMedia(sid, query));
    }),
  ];
}

/** `/api/v1/reports`: all reports, for moderators. */
export function createReportRoutes(reports: Reports): Route[] {
  return [
    route(operations.listReports, async ({ query, request, response }) => {
      sendPage(request, response, await reports.list(query));
    }),
    route(operations.dismissReport, async ({ params: { id }, body, request, response }) => {
      const report = await reports.dismiss(id, callerOf(response).name, body);
      request.log.info({ reportId: id, mediaSid: report.mediaSid }, 'report dismissed');
      response.json(report);
    }),
  ];
}
