import type { ErrorRequestHandler } from 'express';
import type { AppError, ErrorCode } from '../errors/app-error.ts';
import { startErrorResponse } from '../http/problem.ts';
import { resourceXml } from './representation.ts';
import { errorFormat } from './resource-path.ts';

/** Twilio's numbers for our codes [twilio.com/docs/api/errors]; by status for all others. */
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

/** Answers errors under `/2010-04-01/` in Twilio's shape: JSON or XML after the extension asked for. */
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

// Twilio's helper libraries show these words to people.
function messageOf(error: AppError, path: string): string {
  if (error.status === 401) return 'Authenticate';
  if (error.status !== 404) return error.message;
  const why = error.code === 'not_found' ? '' : ` (${error.message})`;
  return `The requested resource ${path} was not found${why}`;
}
