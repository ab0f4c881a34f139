import { AppError } from '../errors.ts';
import type { ApiKeys } from './api-keys.ts';

/** API keys through a running server's `/api/v1/keys`. */
export function createRemoteApiKeys(
  baseUrl: string,
  adminApiKey: string,
): Pick<ApiKeys, 'create' | 'list' | 'revoke'> {
  async function call(method: string, path: string, body?: object) {
    const response = await fetch(`${baseUrl}/api/v1/keys${path}`, {
      method,
      headers: { authorization: `Bearer ${adminApiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause) => {
      throw new AppError('unavailable', `The server does not answer at ${baseUrl}.`, { cause });
    });
    if (response.status === 204) return undefined;
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status === 401) {
      throw new AppError(
        'unauthorized',
        'The running server was started with another ADMIN_API_KEY.',
      );
    }
    const code = response.status === 404 || response.status === 409 ? answer.code : 'unavailable';
    throw new AppError(code, answer.detail);
  }
  return {
    create: (name, role) => call('POST', '', { name, role }),
    list: async () => (await call('GET', '')).items,
    revoke: (name) => call('DELETE', `/${encodeURIComponent(name)}`),
  };
}
