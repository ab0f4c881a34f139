import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { ApiFault, DeleteFault, ListFault, ListFaults } from '../faults.ts';
import type { RequestLog, RequestLogEntry } from '../request-log.ts';
import type { UpstreamMedia, UpstreamMessage, UpstreamStore } from '../upstream-store.ts';
import { ApiRefusal, apiErrorBody } from './api-credentials.ts';
import { mediaResource, messageResource, parseDateFilter, toPage } from './api-resource.ts';
import type { MediaGrants } from './media-grants.ts';

interface ApiRouterDeps {
  /** From an Authorization header to the account that it authenticates, or null. */
  checkCredentials(authorization: string | undefined): string | null;
  store: UpstreamStore;
  grants: MediaGrants;
  listFaults: ListFaults;
  log: RequestLog;
  /** The target of redirects: `http://host:port`. */
  mediaBaseUrl: string;
}

/** The part of Twilio's REST API that serves messages and their media. */
export function createApiRouter(deps: ApiRouterDeps): Router {
  const { store, grants, listFaults, log, mediaBaseUrl } = deps;
  const router = Router({ caseSensitive: true, strict: true });

  router.use((req, res, next) => {
    const entry = log.add({ server: 'api', method: req.method, path: req.originalUrl }, res);
    const accountSid = deps.checkCredentials(req.headers.authorization);
    if (accountSid === null) {
      res.set('WWW-Authenticate', 'Basic realm="Twilio API"');
      sendError(res, 401, 'Authenticate');
      return;
    }
    entry.authorized = true;
    res.locals.logEntry = entry;
    res.locals.accountSid = accountSid;
    // Express would answer HEAD with the GET routes, which use up the faults of an attachment.
    if (req.method === 'HEAD') sendNotFound(req, res);
    else next();
  });

  router.use('/2010-04-01/Accounts/:accountSid', (req, res, next) => {
    if (req.params.accountSid === res.locals.accountSid) next();
    else sendNotFound(req, res);
  });

  const messages = '/2010-04-01/Accounts/:accountSid/Messages';
  const withMessage =
    (handle: (message: UpstreamMessage, req: Request, res: Response) => void) =>
    (req: Request<{ accountSid: string; messageSid: string }>, res: Response): void => {
      const message = store.findMessage(req.params.accountSid, req.params.messageSid);
      if (message) handle(message, req, res);
      else sendNotFound(req, res);
    };
  const withMedia =
    (handle: (media: UpstreamMedia, req: Request, res: Response) => void) =>
    (
      req: Request<{ accountSid: string; messageSid: string; mediaSid: string }>,
      res: Response,
    ): void => {
      const { accountSid, messageSid, mediaSid } = req.params;
      (res.locals.logEntry as RequestLogEntry).mediaSid = mediaSid;
      const media = store.findMedia(accountSid, messageSid, mediaSid);
      if (media) handle(media, req, res);
      else sendNotFound(req, res);
    };

  router.get([`${messages}.json`, `${messages}/:messageSid/Media.json`], (req, res, next) => {
    const fault = listFaults.next();
    if (fault) sendListFault(fault, req, res);
    else next();
  });

  router.get(`${messages}.json`, (req, res) => {
    const query = queryOf(req);
    const matchesDateSent = parseDateFilter(query, 'DateSent');
    const records = store
      .listMessages(req.params.accountSid)
      .filter(({ params }) => params.To === (query.get('To') ?? params.To))
      .filter(({ params }) => params.From === (query.get('From') ?? params.From))
      .filter(({ sentAt }) => matchesDateSent(sentAt));
    const { items, paging } = toPage(records, req.path, query);
    res.json({ messages: items.map(messageResource), ...paging });
  });

  router.get(
    `${messages}/:messageSid.json`,
    withMessage((message, _req, res) => res.json(messageResource(message))),
  );

  const deleteMessage = withMessage((message, req, res) => {
    const fault = message.faults.nextOnDelete();
    answerDelete(fault, () => store.deleteMessage(message.sid), req, res);
  });
  router.delete([`${messages}/:messageSid.json`, `${messages}/:messageSid`], deleteMessage);

  router.get(
    `${messages}/:messageSid/Media.json`,
    withMessage((message, req, res) => {
      const query = queryOf(req);
      const matchesDateCreated = parseDateFilter(query, 'DateCreated');
      const records = store
        .listMedia(message.sid)
        .filter((item) => matchesDateCreated(item.createdAt));
      const { items, paging } = toPage(records, req.path, query);
      res.json({ media_list: items.map(mediaResource), ...paging });
    }),
  );

  const mediaPath = `${messages}/:messageSid/Media/:mediaSid`;
  router.get(
    `${mediaPath}.json`,
    withMedia((media, _req, res) => res.json(mediaResource(media))),
  );
  router.get(
    mediaPath,
    withMedia((media, req, res) => {
      const fault = media.faults.nextAtApi();
      if (fault) sendFault(fault, req, res);
      else redirect(res, mediaBaseUrl + grants.issue(media));
    }),
  );
  router.delete(
    [`${mediaPath}.json`, mediaPath],
    withMedia((media, req, res) => {
      const fault = media.faults.nextOnDelete();
      answerDelete(fault, () => store.deleteMedia(media.sid), req, res);
    }),
  );

  router.use(sendNotFound);
  router.use(answerRefusal);
  return router;
}

function sendFault(fault: ApiFault, req: Request, res: Response): void {
  switch (fault.kind) {
    case 'not-found':
      sendNotFound(req, res);
      return;
    case 'redirect':
      redirect(res, fault.location);
      return;
    case 'status':
      if (fault.retryAfterSeconds !== undefined) {
        res.set('Retry-After', String(fault.retryAfterSeconds));
      }
      sendError(res, fault.status, fault.status === 429 ? 'Too Many Requests' : 'Simulated fault');
  }
}

function answerDelete(
  fault: DeleteFault | null,
  remove: () => void,
  req: Request,
  res: Response,
): void {
  if (fault?.kind === 'delete-status') {
    if (fault.retryAfterSeconds !== undefined) {
      res.set('Retry-After', String(fault.retryAfterSeconds));
    }
    sendError(res, fault.status, 'The resource cannot be deleted now', fault.code);
    return;
  }
  remove();
  if (fault === null) res.status(204).end();
  else req.socket.destroy();
}

function sendListFault(fault: ListFault, req: Request, res: Response): void {
  if (fault.kind === 'hang-up') req.socket.destroy();
  else sendFault(fault, req, res);
}

function redirect(res: Response, location: string): void {
  // Not `res.redirect`: a test may redirect to an address that Express would rewrite.
  res.status(307).set('Location', location).end();
}

function sendNotFound(req: Request, res: Response): void {
  sendError(res, 404, `The requested resource ${req.originalUrl} was not found`);
}

function sendError(res: Response, status: number, message: string, code?: number): void {
  res.status(status).json(apiErrorBody(status, message, code));
}

function queryOf(req: Request): URLSearchParams {
  return new URL(req.originalUrl, 'http://localhost').searchParams;
}

const answerRefusal: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof ApiRefusal) res.status(error.body.status).json(error.body);
  else next(error);
};
