import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import querystring from 'node:querystring';
import type { Logger } from 'pino';
import { type HttpLogger, pinoHttp } from 'pino-http';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

const quiet = new WeakSet<ServerResponse>();

/** Leaves out the line of one request: of a flood, whose beginning was logged. */
export function logNothing(response: ServerResponse): void {
  quiet.add(response);
}

/**
 * One line a request: method, path, status, milliseconds, request id. No headers, no bodies; of the
 * query only the names, because filters hold phone numbers.
 */
export function createRequestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: {
      req: (request) => ({ id: request.id, method: request.method, url: loggedUrl(request.url) }),
      res: (response) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response, error) => {
      if (quiet.has(response)) return 'silent';
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'warn' : 'info';
    },
    customAttributeKeys: { responseTime: 'ms' },
    // The error has a line of its own, with the same request.
    customErrorObject: (_request, _response, _error, { err: _, ...value }) => value,
  });
}

// Far more than is shown: to decode and mask the rest of a long one would only cost time.
const MAX_READ = 4000;

/**
 * What the log shows of a URL: the path, decoded so that no number hides in its escapes, and the
 * names of the query.
 */
export function loggedUrl(url = ''): string {
  const [encoded = '', query] = url.slice(0, MAX_READ).split('?', 2);
  // Escapes that are malformed stay as they are: whatever a caller sends is logged.
  const path = querystring.unescape(encoded);
  const names = query === undefined ? [] : [...new URLSearchParams(query).keys()];
  const shown = [...new Set(names)].slice(0, 20).join('&');
  return maskPhoneNumbers(shown === '' ? path : `${path}?${shown}`).slice(0, 500);
}
