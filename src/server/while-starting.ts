import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import pTimeout from 'p-timeout';
import { AppError } from '../errors/app-error.ts';

// Twilio waits 15 seconds for an answer, and by default does not repeat a webhook.
const WEBHOOK_WAITS_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
const DETAIL = 'The server is starting. Try again soon.';
// As Express matches it.
const WEBHOOK = /^\/twilio\/incoming\/?$/i;

/**
 * Answers requests of a server that listens and is not open yet: it waits for its database, or migrates it. It is
 * alive and not ready. A webhook waits for the end of the start; one that would wait too long is refused while
 * Twilio still listens, so that Twilio calls the fallback URL. Everything else is to be repeated.
 *
 * @param opened resolves with what answers from then on; it never resolves when the start fails
 */
export function createWhileStarting(opened: Promise<RequestListener>): RequestListener {
  return (request, response) => {
    const path = URL.parse(request.url ?? '', 'http://localhost')?.pathname;
    if (path === '/healthz') sendJson(response, 200, { status: 'ok' });
    else if (path === '/readyz') sendJson(response, 503, { status: 'not ready' });
    else if (WEBHOOK.test(path ?? '')) void answerOnceOpen(opened, request, response);
    else refuse(request, response);
  };
}

async function answerOnceOpen(
  opened: Promise<RequestListener>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await pTimeout(opened, {
    milliseconds: WEBHOOK_WAITS_MS,
    fallback: () => refuse,
  });
  if (!request.socket.destroyed) answer(request, response);
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  // The body is not read, so the connection cannot be reused.
  if (!request.complete) response.setHeader('Connection', 'close');
  if (request.headers.accept?.includes('text/html')) {
    // A browser asks again by itself.
    response.setHeader('Refresh', String(RETRY_AFTER_SECONDS));
    send(response, 503, 'text/plain; charset=utf-8', DETAIL);
  } else {
    const { title, status, code } = new AppError('unavailable', DETAIL);
    const problem = { type: 'about:blank', title, status, code, detail: DETAIL };
    send(response, status, 'application/problem+json', JSON.stringify(problem));
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  response.writeHead(status).end(body);
}
