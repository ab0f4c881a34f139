import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { Database } from '../database/database.ts';
import { AppError, type ErrorCode } from '../errors/app-error.ts';
import { sendMediaContent } from '../gallery/send-media.ts';
import { startErrorResponse, wrongMethod } from '../http/problem.ts';
import type { SendBlob } from '../http/send-blob.ts';
import { waitWhileBusy } from '../http/while-busy.ts';
import { MESSAGE_SID_PATTERN } from '../twilio/sids.ts';
import type { AuthenticateBasic } from './basic-auth.ts';
import { readDateFilter } from './date-filter.ts';
import { createFindMedia, type ListPage, listMessageMedia } from './media-list.ts';
import { countMedia, listAccountMessages } from './message-list.ts';
import { readPaging } from './paging.ts';
import { listXml, type Resource, resourceXml } from './representation.ts';
import { errorFormat, parseResourcePath, type ResourcePath } from './resource-path.ts';
import { mediaListPath, mediaResource, messageResource } from './resources.ts';

interface TwilioApiDeps {
  database: Database;
  sendBlob: SendBlob;
  authenticate: AuthenticateBasic;
  /** The same delete as in the API: local copies at once, the copy at Twilio by a job. */
  deleteMedia: (sid: string, actor: string) => Promise<unknown>;
  /** Whether bytes need no credentials, as in Twilio's documentation of 2018. */
  publicMediaUrls: boolean;
}

const MEDIA_KEY = /^\d{1,9}$/;
const MESSAGE_KEY = new RegExp(`^\\d{1,14} ${MESSAGE_SID_PATTERN}$`);

type Of<K extends ResourcePath['kind']> = Extract<ResourcePath, { kind: K }>;

/** Twilio's Media resource, and the messages that link to it, backed by our own database. */
export function createTwilioApiRouter(deps: TwilioApiDeps): Router {
  const { database } = deps;
  const { prisma } = database;
  const lookUp = createFindMedia(database);

  async function sendMessages(request: Request, response: Response, list: Of<'messages'>) {
    const { accountSid, format } = list;
    const query = queryOf(request);
    const paging = readPaging(query, accountSid, MESSAGE_KEY);
    const sent = readDateFilter(query, 'DateSent');
    const path = `/2010-04-01/Accounts/${accountSid}/Messages${suffix(format)}`;
    const extension = extensionOf(list);
    const page = await database.lists.read((db) =>
      listAccountMessages(db, accountSid, paging, sent, { path, query, extension }),
    );
    sendList(response, extension, page, { json: 'messages', xml: 'Messages', item: 'Message' });
  }

  async function sendMessage(response: Response, path: Of<'message'>) {
    const { accountSid, messageSid: sid } = path;
    const message = await prisma.message.findFirst({
      where: { sid, accountSid, deletedAt: null, moderation: 'visible', suspect: null },
    });
    if (message === null) throw notFound();
    const extension = extensionOf(path);
    const numMedia = (await countMedia(prisma, [sid])).get(sid) ?? 0;
    const resource = messageResource({ ...message, numMedia }, extension);
    sendResource(response, extension, 'Message', resource);
  }

  async function sendMediaList(request: Request, response: Response, path: Of<'media-list'>) {
    const { accountSid, messageSid, format } = path;
    const message = await prisma.message.findFirst({
      where: { sid: messageSid, accountSid, deletedAt: null, moderation: 'visible', suspect: null },
      select: { sid: true },
    });
    if (message === null) throw notFound();
    const query = queryOf(request);
    const extension = extensionOf(path);
    const page = await listMessageMedia(
      database,
      path,
      readPaging(query, messageSid, MEDIA_KEY),
      readDateFilter(query, 'DateCreated'),
      { path: mediaListPath(accountSid, messageSid) + suffix(format), query, extension },
    );
    sendList(response, extension, page, { json: 'media_list', xml: 'MediaList', item: 'Media' });
  }

  async function findMedia({ accountSid, messageSid, mediaSid }: Of<'media'>) {
    const media = await lookUp(mediaSid);
    const isOfPath = media?.accountSid === accountSid && media.messageSid === messageSid;
    if (!isOfPath || media.moderation !== 'visible' || media.state === 'deleted') throw notFound();
    return media;
  }

  async function sendMedia(request: Request, response: Response, path: Of<'media'>) {
    const media = await findMedia(path);
    if (path.format === 'default') {
      return sendMediaContent(request, response, deps.sendBlob, media, {
        isPublic: deps.publicMediaUrls,
        mayRedirect: true,
      });
    }
    sendResource(response, path.format, 'Media', mediaResource(media, path.format));
  }

  const handle: RequestHandler = async (request, response) => {
    const path = parseResourcePath(request.baseUrl + request.path);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isBytes = path?.kind === 'media' && path.format === 'default';
    if (!(deps.publicMediaUrls && isRead && isBytes)) {
      const caller = await deps.authenticate(request);
      request.log.setBindings({ caller: caller.name });
      if (caller.accountSid !== null && caller.accountSid !== path?.accountSid) throw notFound();
      if (path?.kind === 'media' && request.method === 'DELETE') {
        if (caller.role === 'viewer') {
          throw new AppError('forbidden', 'Deleting needs the role moderator.');
        }
        const { sid } = await findMedia(path);
        await deps.deleteMedia(sid, caller.name);
        response.status(204).end();
        return;
      }
    }
    if (path === null) throw notFound();
    if (!isRead) throw path.kind === 'media' ? wrongMethod('GET', 'DELETE') : wrongMethod('GET');
    if (path.kind === 'messages') await sendMessages(request, response, path);
    else if (path.kind === 'message') await sendMessage(response, path);
    else if (path.kind === 'media-list') await sendMediaList(request, response, path);
    else await sendMedia(request, response, path);
  };

  const router = Router();
  router.use('/2010-04-01', waitWhileBusy(database.busy), handle);
  router.use('/2010-04-01', sendTwilioError);
  return router;
}

function queryOf(request: Request): URLSearchParams {
  return new URLSearchParams(/\?(.*)$/s.exec(request.originalUrl)?.[1]);
}

/** Twilio's default representation is XML. */
function extensionOf({ format }: ResourcePath): 'json' | 'xml' {
  return format === 'json' ? 'json' : 'xml';
}

function suffix(format: ResourcePath['format']): string {
  return format === 'default' ? '' : `.${format}`;
}

function sendResource(
  response: Response,
  extension: 'json' | 'xml',
  name: string,
  resource: Resource,
): void {
  if (extension === 'json') response.json(resource);
  else response.type('application/xml').send(resourceXml(name, resource));
}

function sendList(
  response: Response,
  extension: 'json' | 'xml',
  { paging, resources }: ListPage,
  names: { json: string; xml: string; item: string },
): void {
  if (extension === 'json') response.json({ ...paging, [names.json]: resources });
  else response.type('application/xml').send(listXml(names.xml, names.item, paging, resources));
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such resource.');
}

/** Twilio's error numbers for our codes [twilio.com/docs/api/errors]; all others go by status. */
const CODES: Partial<Record<ErrorCode, number>> = {
  invalid_request: 20001,
  unauthorized: 20003,
  method_not_allowed: 20004,
  forbidden: 20006,
  page_size_too_large: 20007,
  range_not_satisfiable: 20001,
};
const CODE_BY_STATUS: Record<number, number> = { 404: 20404, 503: 20503 };
const INTERNAL = 20500;

/** Answers errors under `/2010-04-01/` in Twilio's format: JSON or XML, by the extension of the path. */
export const sendTwilioError: ErrorRequestHandler = (thrown, request, response, _next) => {
  const error = startErrorResponse(thrown, request, response);
  if (error === null) return;
  const { status } = error;
  const path = request.baseUrl + request.path;
  const code = CODES[error.code] ?? CODE_BY_STATUS[status] ?? INTERNAL;
  const body = {
    code,
    message: messageOf(error, path),
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  };
  if (errorFormat(path) === 'json') response.json(body);
  else response.type('application/xml').send(resourceXml('RestException', body));
};

// Twilio's helper libraries show this message to their users.
function messageOf(error: AppError, path: string): string {
  if (error.status === 401) return 'Authenticate';
  if (error.status !== 404) return error.message;
  const why = error.code === 'not_found' ? '' : ` (${error.message})`;
  return `The requested resource ${path} was not found${why}`;
}
