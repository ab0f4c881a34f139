/** All errors that API clients may see, with their HTTP status and fixed title. */
const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  signature_missing: { status: 400, title: 'The request has no Twilio signature' },
  unauthorized: { status: 401, title: 'An API key is needed' },
  session_ended: { status: 401, title: 'The session has ended' },
  signature_invalid: { status: 403, title: 'The Twilio signature does not match' },
  forbidden: { status: 403, title: 'This API key may not do that' },
  cross_origin: { status: 403, title: 'The request comes from another origin' },
  reveal_needed: { status: 403, title: 'This media is held back and was not revealed' },
  link_invalid: { status: 403, title: 'The link is not valid or has expired' },
  ticket_invalid: { status: 403, title: 'The ticket is not valid, was used or has expired' },
  not_found: { status: 404, title: 'There is no such resource' },
  media_deleted: { status: 404, title: 'This media was deleted' },
  message_deleted: { status: 404, title: 'This message was deleted' },
  media_not_stored: { status: 404, title: 'The bytes of this media are not stored' },
  no_preview: { status: 404, title: 'There is no preview of this media' },
  no_rendition: { status: 404, title: 'There is no such rendition of this media' },
  page_size_too_large: { status: 400, title: 'The requested page is too large' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The request conflicts with the current state' },
  second_reviewer_needed: { status: 409, title: 'The reason code takes two people' },
  decided_meanwhile: { status: 409, title: 'Another decision was made meanwhile' },
  metadata_not_removable: { status: 409, title: 'The metadata of this media cannot be removed' },
  too_many_parameters: { status: 413, title: 'The request has too many parameters' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: {
    status: 415,
    title: 'The content type of the request is not supported',
  },
  range_not_satisfiable: { status: 416, title: 'The requested range is not satisfiable' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for another request',
  },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service cannot do this right now' },
  data_folder_in_use: { status: 503, title: 'The data folder is in use' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** The status and title of every error with a code. */
export function errorOf(code: ErrorCode): { status: number; title: string } {
  return ERRORS[code];
}

/** An invalid field of a request, and what is required. */
interface FieldError {
  field: string;
  message: string;
}

/** An error with a stable code. Its message is shown to clients: no secrets, paths or phone numbers. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];
  /** Extra response headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get title(): string {
    return ERRORS[this.code].title;
  }
}
