import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Response, Router } from 'express';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { anyoneMayCall, createResourceRouter, route } from '../http/resource-router.ts';
import { isCached } from '../http/send-range.ts';
import { SWAGGER_UI_FILES, SWAGGER_UI_FOLDER } from '../lifecycle/project-files.ts';
import { createApiDocument } from './api-document.ts';
import { referenceOperations as operations } from './reference-operations.ts';

// Addresses are relative, so that the page also works below the path of a proxy.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mms-inbox API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  dom_id: '#reference',
  url: 'openapi.json',
  deepLinking: true,
  docExpansion: 'none',
  validatorUrl: null,
});
`;

// Only files of this server. Swagger UI draws its arrows as data: URLs, and shows answers as blob: URLs.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface PageFile {
  bytes: Buffer;
  /** Without quotes. */
  etag: string;
}

/** `/openapi.json`, and `/docs`: Swagger UI, which shows it. */
export function createReferenceRouter(): Router {
  let document: ReturnType<typeof createApiDocument> | undefined;
  const files = new Map<string, Promise<PageFile>>();

  /** Each is read once, when it is first needed. */
  function read(file: string): Promise<PageFile> {
    const reading = files.get(file) ?? readPageFile(file);
    files.set(file, reading);
    return reading;
  }

  return createResourceRouter(anyoneMayCall, [
    route(operations.showOpenApi, ({ response }) => {
      // Made once, when it is first needed: most processes never show it.
      document ??= createApiDocument();
      // It has no secrets: pages of any origin may read it, such as editors and client generators.
      response.set('Access-Control-Allow-Origin', '*').json(document);
    }),
    route(operations.showReference, ({ request, response }) => {
      if (request.path.endsWith('/')) return response.redirect(301, '../docs');
      setHeaders(response);
      response.type('html').send(PAGE);
    }),
    route(operations.readReferenceFile, async ({ params: { file }, request, response }) => {
      setHeaders(response);
      if (file === 'start.js') return void response.type('text/javascript').send(START);
      if (!SWAGGER_UI_FILES.includes(file)) {
        throw new AppError('not_found', 'There is nothing at this address.');
      }
      const { bytes, etag } = await read(file);
      response.set({ ETag: `"${etag}"`, 'Cache-Control': 'no-cache' });
      if (isCached(request, etag)) response.status(304).end();
      else response.type(file).send(bytes);
    }),
  ]);
}

function setHeaders(response: Response): void {
  response.set({
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  });
}

/**
 * @param file of `SWAGGER_UI_FILES`
 * @throws AppError `not_found` when the page is not built
 */
async function readPageFile(file: string): Promise<PageFile> {
  const bytes = await readFile(join(SWAGGER_UI_FOLDER, file)).catch((cause) => {
    if (codeOf(cause) !== 'ENOENT') throw cause;
    throw new AppError('not_found', 'The page is not built.', { cause });
  });
  return { bytes, etag: createHash('sha256').update(bytes).digest('base64url') };
}
