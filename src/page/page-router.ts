import type { Request, Response, Router } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../errors/app-error.ts';
import { anyoneMayCall, createResourceRouter, route } from '../http/resource-router.ts';
import { isCached } from '../http/send-range.ts';
import { BUILT_PAGE } from '../lifecycle/project-files.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import { MEDIA_SID } from '../twilio/sids.ts';
import { ENCODINGS, type Encoding, type PageFile, readPageFiles } from './page-files.ts';
import { pageOperations as operations } from './page-operations.ts';

// Files of this server only, and no script or style within the page. Placeholders are data: URLs, what a user picks
// to search for is a blob: URL.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // With `no-referrer`, browsers send no Origin either, and sessions need it.
  'Referrer-Policy': 'same-origin',
};

const PARTS_OF_DESK: readonly string[] = [
  ...QUEUES,
  'codes',
  'deletions',
  'blocklist',
  'senders',
  'bulk',
  'audit',
  'figures',
  // For admins.
  'operate',
  'refused',
  'fetches',
  'endpoints',
  'reconciliations',
  'keys',
  'sessions',
];

interface Exchange {
  request: Request;
  response: Response;
}

/**
 * The built page, as it is when the server starts. Without one, or when it cannot be read, its addresses answer 503;
 * everything else works.
 *
 * @param folder of the built page
 */
export async function createPageRouter(log: Logger, folder = BUILT_PAGE): Promise<Router> {
  const files = await readPageFiles(folder).catch((error: unknown) => {
    log.error({ err: error }, 'the page cannot be read');
    return undefined;
  });

  function sendPage(exchange: Exchange): void {
    if (files === undefined) {
      throw new AppError(
        'unavailable',
        'The page is not built: run `npm run build`, then restart.',
        {
          headers: { 'Retry-After': '60' },
        },
      );
    }
    send(exchange, files.html, 'no-cache');
  }

  function sendPageOfMedia({ params, ...exchange }: Exchange & { params: { sid: string } }): void {
    if (!MEDIA_SID.test(params.sid)) throw notFound();
    sendPage(exchange);
  }

  return createResourceRouter(anyoneMayCall, [
    route(operations.showPage, sendPage),
    route(operations.showPageOfMedia, sendPageOfMedia),
    route(operations.showConversation, sendPage),
    route(operations.showDesk, sendPage),
    route(operations.showPartOfDesk, ({ params, ...exchange }) => {
      if (!PARTS_OF_DESK.includes(params.part)) throw notFound();
      sendPage(exchange);
    }),
    route(operations.showDeskOfStory, sendPageOfMedia),
    route(operations.readPageFile, ({ params, ...exchange }) => {
      const file = files?.assets.get(params.file);
      if (file === undefined) throw notFound();
      send(exchange, file, 'public, max-age=31536000, immutable');
    }),
  ]);
}

function notFound(): AppError {
  return new AppError('not_found', 'There is nothing at this address.');
}

function send({ request, response }: Exchange, file: PageFile, cacheControl: string): void {
  const available = (Object.keys(ENCODINGS) as Encoding[]).filter((name) => file.forms[name]);
  // One by one: of those that a browser likes equally, Express takes the one that it names first.
  const encoding = available.find((name) => request.acceptsEncodings(name)) ?? 'identity';
  const etag = encoding === 'identity' ? file.etag : `${file.etag}-${encoding}`;
  response.set({ ...HEADERS, ETag: `"${etag}"`, 'Cache-Control': cacheControl });
  if (available.length > 1) response.vary('Accept-Encoding');
  if (isCached(request, etag)) {
    response.status(304).end();
    return;
  }
  if (encoding !== 'identity') response.set('Content-Encoding', encoding);
  response.type(file.extension).send(file.forms[encoding]);
}
