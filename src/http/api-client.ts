import { AppError } from '../errors.ts';

/**
 * Calls the HTTP API.
 *
 * @param path below `/api/v1`
 * @returns the answer's JSON; undefined for 204
 * @throws AppError with the answer's code and words; `unavailable` where there is no answer
 */
export type CallApi = (method: string, path: string, body?: object) => Promise<unknown>;

/** Lends a command the API, with every right; with `need.worker` somebody works on its jobs. */
export type WithApi = (
  need: { worker: boolean },
  use: (call: CallApi) => Promise<void>,
) => Promise<void>;

/** @param key an API key */
export function createApiClient(baseUrl: string, key: string): CallApi {
  return async (method, path, body) => {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause) => {
      throw new AppError('unavailable', `The server does not answer at ${baseUrl}.`, { cause });
    });
    if (response.status === 204) return undefined;
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status === 401) {
      const words = 'The running server was started with another ADMIN_API_KEY.';
      throw new AppError('unauthorized', words);
    }
    throw new AppError(response.status < 500 ? answer.code : 'unavailable', answer.detail, {
      fields: answer.errors ?? [],
    });
  };
}
