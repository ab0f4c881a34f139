import type { Request } from 'express';

/**
 * The address of this server as the caller reaches it.
 *
 * @param publicUrl of the configuration; without it, as the request came
 */
export function createBaseUrl(publicUrl: string | undefined): (request: Request) => string {
  return (request) => publicUrl ?? `${request.protocol}://${request.host}`;
}
