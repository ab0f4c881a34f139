import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import {
  createSharedAnswers,
  errorsOf,
  responseHeaders,
  type SharedAnswers,
} from './describe-errors.ts';
import type { Access, Answer, Operation } from './operation.ts';
import { SECURITY } from './security-schemes.ts';

/**
 * Describes operations as OpenAPI 3.1.
 *
 * @param about everything but the paths
 * @param errorSchemas the schema of errors by access, where it is not `application/problem+json`
 */
export function createOpenApiDocument(
  about: Omit<ZodOpenApiObject, 'openapi' | 'paths'>,
  operations: readonly Operation[],
  errorSchemas: Partial<Record<Access, z.ZodType>>,
) {
  const shared = createSharedAnswers();
  const paths = Map.groupBy(operations, ({ path }) => path);
  return createDocument(
    {
      openapi: '3.1.0',
      ...about,
      paths: Object.fromEntries(
        [...paths].map(([path, ofPath]) => [
          path,
          Object.fromEntries(
            ofPath.map((one) => [one.method, describe(one, errorSchemas[one.access], shared)]),
          ),
        ]),
      ),
    },
    {
      override: ({ jsonSchema, io }) => {
        // Clients should expect new fields.
        if (io === 'output') delete jsonSchema.additionalProperties;
        // Those of JavaScript: they say nothing about the API.
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        // The format says it better than a regular expression of leap years.
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      },
    },
  );
}

const ROLES: Partial<Record<Access, string>> = {
  viewer: 'Role: viewer.',
  moderator: 'Role: moderator.',
  admin: 'Role: admin.',
  link: 'Role: viewer; or a signed link, which needs no key.',
  ticket: 'Role: viewer; or a ticket, which needs no key.',
};

function describe(
  operation: Operation,
  errorSchema: z.ZodType | undefined,
  shared: SharedAnswers,
): ZodOpenApiOperationObject {
  const { id, tag, summary, description, access, params, query } = operation;
  const role = ROLES[access];
  const text = [description, role].filter((part) => part !== undefined).join('\n\n');
  const header = headersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(text === '' ? {} : { description: text }),
    security: SECURITY[access],
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query instanceof z.ZodObject ? { query } : {}),
      ...(header === undefined ? {} : { header }),
    },
    ...requestBodyOf(operation),
    responses: { ...answersOf(operation), ...errorsOf(operation, errorSchema, shared) },
  };
}

const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe(
    'A value of your own for this request, such as a UUID. Repeated within a day, the request ' +
      'changes nothing, and is answered as the first time.',
  );

function headersOf({ headers = {}, isIdempotent }: Operation): z.ZodObject | undefined {
  const described = Object.entries(headers).map(
    ([name, text]) => [name, z.string().optional().describe(text)] as const,
  );
  const all = [
    ...described,
    ...(isIdempotent ? [['Idempotency-Key', IDEMPOTENCY_KEY] as const] : []),
  ];
  return all.length === 0 ? undefined : z.object(Object.fromEntries(all));
}

function requestBodyOf({
  body,
  bodyExample,
  form,
  rawBody,
}: Operation): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body !== undefined) {
    // Without any required field the body itself is optional.
    const required = !body.safeParse({}).success;
    const content = {
      schema: body,
      ...(bodyExample === undefined ? {} : { example: bodyExample }),
    };
    return { requestBody: { required, content: { 'application/json': content } } };
  }
  if (form !== undefined) {
    const { name, most, description } = form.files;
    const binary = z.string().meta({ override: { type: 'string', format: 'binary' } });
    const files = most === 1 ? binary : z.array(binary).min(1).max(most);
    const schema = form.fields.extend({ [name]: files.describe(description) });
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  if (rawBody === undefined) return {};
  const schema = { type: 'object' } as const;
  return {
    requestBody: {
      required: true,
      content: Object.fromEntries(rawBody.map((type) => [type, { schema }])),
    },
  };
}

function answersOf({ answers, isIdempotent = false }: Operation): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...contentOf(answer),
        ...headersOfAnswer(answer, isIdempotent),
      },
    ]),
  );
}

function headersOfAnswer({ headers = {} }: Answer, isIdempotent: boolean) {
  const replayed = {
    'Idempotency-Replayed': '`true` when this is the answer to an earlier request.',
  };
  const all = { ...headers, ...(isIdempotent ? replayed : {}) };
  return Object.keys(all).length === 0 ? {} : { headers: responseHeaders(all) };
}

function contentOf({ body, contentTypes, example }: Answer) {
  if (body === undefined && contentTypes === undefined) return {};
  const types = contentTypes ?? ['application/json'];
  const content = {
    ...(body === undefined ? {} : { schema: body }),
    ...(example === undefined ? {} : { example }),
  };
  return { content: Object.fromEntries(types.map((type) => [type, content])) };
}
