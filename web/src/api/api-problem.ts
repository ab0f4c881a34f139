import type { Problem } from './types.ts';

/** An answer of the API that is an error, or no answer. */
export class ApiProblem extends Error {
  /** `offline` when there was no answer. */
  readonly code: Problem['code'] | 'offline';
  /** Of HTTP; 0 without an answer. */
  readonly status: number;
  /** What is wrong with each parameter or field of the request. */
  readonly fields: NonNullable<Problem['errors']>;

  /** @param message for people */
  constructor(
    code: ApiProblem['code'],
    status: number,
    message: string,
    fields: ApiProblem['fields'] = [],
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** Whether it is about an attachment or message that is gone. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404;
}
