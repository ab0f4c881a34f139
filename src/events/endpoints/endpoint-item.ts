import type { EventEndpoint } from '../../generated/prisma/client.ts';

/** An endpoint as the API tells it, without its secrets. */
export type EndpointItem = ReturnType<typeof endpointItem>;

export function endpointItem({
  secret: _secret,
  previousSecret: _previous,
  types,
  ...row
}: EventEndpoint) {
  return { ...row, types: types.length === 0 ? null : types };
}
