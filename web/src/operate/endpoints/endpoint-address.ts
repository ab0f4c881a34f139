import type { Address } from '../../address.ts';
import type { Delivery } from '../../api/types.ts';

/** Where an endpoint and its deliveries are shown. @param state only deliveries in it */
export function addressOf(endpoint: string, state?: Delivery['state']): Address {
  const filter = { endpoint, ...(state && { state }) };
  return { page: 'desk', filter: {}, list: { name: 'endpoints', filter } };
}
