import type { z } from 'zod';
import type { ErrorCode } from '../errors/app-error.ts';

/**
 * Who may call an operation: a key or session of a role or one above it (`viewer`, `moderator`, `admin`), a
 * viewer or a signed link (`link`), a viewer or a ticket of an event stream (`ticket`), the cookie of a session
 * (`session`), `OPS_TOKEN`, an admin or who is on the same machine (`operator`), Twilio's credentials or a key by
 * HTTP Basic (`basic`), Twilio's signature (`signature`), or everybody (`anyone`).
 */
export type Access =
  | 'viewer'
  | 'moderator'
  | 'admin'
  | 'link'
  | 'ticket'
  | 'session'
  | 'operator'
  | 'basic'
  | 'signature'
  | 'anyone';

/** The sections of the API's reference. */
export type Tag =
  | 'media'
  | 'messages'
  | 'moderation'
  | 'queues'
  | 'bulk acts'
  | 'deletions'
  | 'senders'
  | 'blocklist'
  | 'events'
  | 'administration'
  | 'monitoring'
  | 'Twilio';

/** One kind of successful answer. */
export interface Answer {
  description: string;
  /** Schema of the JSON body, or of each line of `application/x-ndjson`. */
  body?: z.ZodType;
  /** Content types of the body, as in OpenAPI: a wildcard is allowed. Default JSON where there is a `body`. */
  contentTypes?: readonly string[];
  /** Response headers by name, with their descriptions. */
  headers?: Readonly<Record<string, string>>;
  /** Of the body, as JSON. */
  example?: unknown;
}

/** A form with files (`multipart/form-data`). */
export interface Form {
  /** The text fields. */
  fields: z.ZodObject;
  /** The field that holds the files. */
  files: { name: string; most: number; description: string };
}

/** One method of one path: what it takes, what it answers, who may call it. The API's reference shows it. */
export interface Operation {
  /** The `operationId`, in camel case. */
  id: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in OpenAPI: `/api/v1/media/{sid}`. */
  path: string;
  tag: Tag;
  /** One line. */
  summary: string;
  /** CommonMark. */
  description?: string;
  access: Access;
  params?: z.ZodObject;
  /** Without it, every parameter is refused. */
  query?: z.ZodType;
  /** Request headers with a meaning of their own, with their descriptions. */
  headers?: Readonly<Record<string, string>>;
  /** A JSON body. A request without a body counts as `{}`. */
  body?: z.ZodType;
  /** A useful body, as JSON: the page of the reference fills it in. */
  bodyExample?: unknown;
  /** The largest body, in the format of the `bytes` package. Default 4kb. */
  bodyLimit?: string;
  form?: Form;
  /** Content types of a body that is not described further. */
  rawBody?: readonly string[];
  /** Whether it takes an `Idempotency-Key`: repeated with the same key, it answers as the first time. */
  isIdempotent?: boolean;
  /** By status. */
  answers: Readonly<Record<number, Answer>>;
  /** Codes of errors besides those that `commonProblems` derives. */
  problems?: readonly ErrorCode[];
}

/** Keeps the types of an operation's schemas. */
export function defineOperation<const O extends Operation>(operation: O): O {
  return operation;
}

/** Path parameters, query or body of an operation, as its handler gets them. */
export type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

type JsonBody<O extends Operation> = {
  [Status in keyof O['answers']]: O['answers'][Status] extends { body: infer S extends z.ZodType }
    ? z.output<S>
    : never;
}[keyof O['answers']];

/** The body of a JSON answer of an operation, before it is written as JSON. */
export type AnswerBody<O extends Operation> = [JsonBody<O>] extends [never] ? unknown : JsonBody<O>;

// Probes and Twilio may add parameters of their own.
const ADD_PARAMETERS: readonly Access[] = ['anyone', 'operator', 'signature', 'basic'];

export function refusesUnknownParameters({ access }: Pick<Operation, 'access'>): boolean {
  return !ADD_PARAMETERS.includes(access);
}

/** More than that of a viewer. */
const ROLE_NEEDED: readonly Access[] = ['moderator', 'admin', 'operator'];

/** The codes that an operation can answer because of what it takes, or because anything may fail. */
export function commonProblems(operation: Operation): ErrorCode[] {
  const { access, form, body, rawBody, params, query } = operation;
  const takesBody = [form, body, rawBody].some((one) => one !== undefined);
  const takesInput = takesBody || params !== undefined || query !== undefined;
  const refusesParameters = refusesUnknownParameters(operation);
  const needsKey = refusesParameters || access === 'operator';
  return [
    'internal',
    // What everybody may call uses no database, unless it says so.
    ...(access === 'anyone' ? [] : (['unavailable'] as const)),
    ...(takesInput || refusesParameters ? (['invalid_request'] as const) : []),
    ...(needsKey || access === 'basic' ? (['unauthorized'] as const) : []),
    // Of requests that are signed in by a cookie or by a proxy.
    ...(needsKey ? (['session_ended', 'cross_origin'] as const) : []),
    ...(ROLE_NEEDED.includes(access) ? (['forbidden'] as const) : []),
    ...(access === 'link' ? (['link_invalid'] as const) : []),
    ...(access === 'ticket' ? (['ticket_invalid'] as const) : []),
    ...(takesBody ? (['unsupported_media_type', 'body_too_large'] as const) : []),
    ...(operation.isIdempotent ? (['idempotency_key_reused'] as const) : []),
  ];
}
