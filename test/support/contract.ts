import { expect } from 'vitest';
import type { z } from 'zod';
import { errorOf } from '../../src/errors/app-error.ts';
import { problemCodes } from '../../src/http/describe-errors.ts';
import type { Operation } from '../../src/http/operation.ts';
import { problemSchema } from '../../src/http/problem-schema.ts';
import { OPERATIONS } from '../../src/reference/api-document.ts';
import { twilioError } from '../../src/twilio-api/twilio-operations.ts';

/** An answer of the server, with the request that it belongs to. */
export interface CheckedAnswer {
  method: string;
  /** With or without a query. */
  path: string;
  status: number;
  header: (name: string) => string | null | undefined;
  /** Parsed JSON; anything for other content. */
  body: unknown;
  /** Undefined for binary content. */
  text: string | undefined;
}

/** Fails when an answer is not as the API's reference says. */
export function checkAnswer(answer: CheckedAnswer): void {
  // An answer to a preflight belongs to no operation.
  if (answer.method === 'OPTIONS' && answer.status === 204) return;
  const path = answer.path.split('?', 1)[0] ?? '';
  const operation = operationOf(answer.method, path);
  if (operation === undefined) {
    if (isDescribed(path)) checkProblem(answer, null);
    return;
  }
  const described = operation.answers[answer.status];
  if (described === undefined) {
    checkProblem(answer, operation);
    return;
  }
  const where = `${operation.id} ${answer.status}`;
  for (const name of Object.keys(described.headers ?? {})) {
    if (!AT_TIMES.has(name)) expect(answer.header(name), `${name} of ${where}`).toBeTruthy();
  }
  if (isHead(answer)) return;
  const type = answer.header('content-type') ?? '';
  if (operation.access === 'basic' && type.startsWith('application/xml')) return;
  const { body, contentTypes = body === undefined ? undefined : ['application/json'] } = described;
  if (contentTypes === undefined) return;
  const isKnownType = contentTypes.some((one) => matches(type, one));
  expect(isKnownType, `${where}: ${type}`).toBe(true);
  if (body === undefined) return;
  if (type.startsWith('application/json')) parse(body, answer.body, where);
  else for (const line of linesOf(answer)) parse(body, JSON.parse(line), where);
}

function linesOf({ text = '' }: CheckedAnswer): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Described headers that some answers do not have: their description says which. */
const AT_TIMES: ReadonlySet<string> = new Set(['Link', 'ETag']);

const ROUTES = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(
    `^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+?')}/?$`,
  ),
  parameters: operation.path.split('{').length,
})).toSorted(
  (a, b) => a.parameters - b.parameters || b.operation.path.length - a.operation.path.length,
);

/** The operation of a request; `HEAD` has that of `GET`. A fixed path comes before one with parameters. */
function operationOf(method: string, path: string): Operation | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  const described = path.startsWith('/2010-04-01') ? describedTwilioPath(wanted, path) : path;
  const found = ROUTES.filter(({ pattern }) => pattern.test(described));
  return found.find(
    ({ operation, parameters }) =>
      operation.method === wanted && parameters === found[0]?.parameters,
  )?.operation;
}

/** Other names of a resource have the operation of the one that the reference shows. */
function describedTwilioPath(method: string, path: string): string {
  const resource = path.replace('/Message/', '/Messages/').replace(/\.(json|xml)$/, '');
  const isBytes = method === 'get' && /\/Media\/\w+$/.test(path);
  return isBytes ? resource : `${resource}.json`;
}

function isDescribed(path: string): boolean {
  return /^\/(api|2010-04-01|twilio|healthz|readyz|metrics|docs)(\/|$)/.test(path);
}

function isHead({ method }: CheckedAnswer): boolean {
  return method === 'HEAD';
}

function checkProblem(answer: CheckedAnswer, operation: Operation | null): void {
  const where = `${answer.method} ${answer.path} ${answer.status}`;
  expect(answer.status, where).toBeGreaterThanOrEqual(400);
  if (answer.status === 503) expect(answer.header('retry-after'), where).toMatch(/^\d+$/);
  if (isHead(answer)) return;
  const type = answer.header('content-type') ?? '';
  if (answer.path.startsWith('/2010-04-01')) {
    if (type.startsWith('application/json')) parse(twilioError, answer.body, where);
    else expect(type, where).toMatch(/^application\/xml/);
    return;
  }
  expect(type, where).toMatch(/^application\/problem\+json/);
  const { code, status } = parse(problemSchema, answer.body, where);
  expect([status, status], where).toEqual([answer.status, errorOf(code).status]);
  const codes =
    operation === null
      ? ['not_found', 'method_not_allowed', 'invalid_request', 'unavailable']
      : problemCodes(operation);
  expect(codes, where).toContain(code);
}

function parse<T extends z.ZodType>(schema: T, body: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`${where} is not as described: ${parsed.error.message}\n${JSON.stringify(body)}`);
}

function matches(type: string, pattern: string): boolean {
  const [plain = ''] = type.split(';');
  const [kind, subtype] = pattern.split('/');
  const [itsKind, itsSubtype] = plain.split('/');
  return (kind === '*' || kind === itsKind) && (subtype === '*' || subtype === itsSubtype);
}
