import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import querystring from 'node:querystring';
import type { Logger } from 'pino';
import { type HttpLogger, pinoHttp } from 'pino-http';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

const skipped = new WeakSet<ServerResponse>();

/** Skips the log line of one request, for floods of which the first requests were logged. */
export function skipRequestLog(response: ServerResponse): void {
  skipped.add(response);
}

/**
 * One line for each request: method, path, status, milliseconds, request id. No headers, no bodies; of the
 * query only the parameter names, because filters contain phone numbers.
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
      if (skipped.has(response)) return 'silent';
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'warn' : 'info';
    },
    customAttributeKeys: { responseTime: 'ms' },
    // The error is logged on its own line, with the same request id.
    customErrorObject: (_request, _response, _error, { err: _, ...value }) => value,
  });
}

// Far more than is shown: decoding and masking the rest of a long URL would only cost time.
const MAX_READ = 4000;

/**
 * A URL as it is logged: the path, decoded so that no phone number hides in its escapes, and the
 * parameter names of the query.
 */
export function loggedUrl(url = ''): string {
  const [encoded = '', query] = url.slice(0, MAX_READ).split('?', 2);
  // Escapes that are malformed stay as they are: whatever a caller sends is logged.
  const path = querystring.unescape(encoded);
  const names = query === undefined ? [] : [...new URLSearchParams(query).keys()];
  const shown = [...new Set(names)].slice(0, 20).join('&');
  return maskPhoneNumbers(shown === '' ? path : `${path}?${shown}`).slice(0, 500);
}
