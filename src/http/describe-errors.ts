import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { type ErrorCode, errorOf } from '../errors/app-error.ts';
import { commonProblems, type Operation } from './operation.ts';
import { problemSchema } from './problem-schema.ts';

/** Describes response headers by name. */
export function responseHeaders(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } as const },
    ]),
  );
}

/** The codes that an operation can answer. */
export function problemCodes(operation: Operation): ErrorCode[] {
  return [...new Set([...commonProblems(operation), ...(operation.problems ?? [])])];
}

/** Answers that many operations have are components of the document, by their codes. */
export function createSharedAnswers() {
  const known = new Map<string, ZodOpenApiResponseObject>();
  return (
    errorSchema: z.ZodType | undefined,
    codes: readonly ErrorCode[],
    answer: ZodOpenApiResponseObject,
  ): ZodOpenApiResponseObject => {
    const id = [...(errorSchema === undefined ? [] : ['twilio']), ...codes.toSorted()].join('.');
    const first = known.get(id) ?? { ...answer, id };
    known.set(id, first);
    return first;
  };
}

export type SharedAnswers = ReturnType<typeof createSharedAnswers>;

/** One answer for each status, with the codes that it can have. */
export function errorsOf(
  operation: Operation,
  errorSchema: z.ZodType | undefined,
  shared: SharedAnswers,
): ZodOpenApiResponsesObject {
  const codes = problemCodes(operation).filter(
    (code) => !(errorOf(code).status in operation.answers),
  );
  const byStatus = Map.groupBy(codes, (code) => errorOf(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => {
      const description = ofStatus
        .map((code) => `\`${code}\`: ${errorOf(code).title}.`)
        .join('\n\n');
      const retryAfter = describeRetryAfter(status, ofStatus);
      const headers =
        retryAfter === undefined ? {} : { headers: responseHeaders({ 'Retry-After': retryAfter }) };
      const content =
        errorSchema === undefined
          ? {
              'application/problem+json': {
                schema: problemOf(ofStatus),
                examples: problemExamples(ofStatus),
              },
            }
          : { 'application/json': { schema: errorSchema } };
      return [status, shared(errorSchema, ofStatus, { description, ...headers, content })];
    }),
  );
}

function describeRetryAfter(status: number, codes: readonly ErrorCode[]): string | undefined {
  if (status === 503) return 'In seconds.';
  if (!codes.includes('media_not_stored')) return undefined;
  return 'In seconds; while the bytes of an attachment are being fetched.';
}

/** One for each code. */
function problemExamples(codes: readonly ErrorCode[]) {
  return Object.fromEntries(
    codes.map((code) => {
      const { status, title } = errorOf(code);
      const value = {
        type: 'about:blank',
        title,
        status,
        code,
        detail: 'What was wrong with this request.',
        ...(code === 'invalid_request' ? { errors: [FIELD_ERROR] } : {}),
        requestId: '38518e91-4a02-4d82-8bb1-774c1e3888ab',
      };
      return [code, { value }];
    }),
  );
}

const FIELD_ERROR = { field: 'limit', message: 'a whole number from 1 to 200' };

function problemOf(codes: readonly ErrorCode[]): z.ZodType {
  return problemSchema.and(z.object({ code: z.enum(codes) }));
}
