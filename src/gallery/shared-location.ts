import { textParam, type WebhookParams } from '../inbound/webhook-request.ts';

/** A place that somebody sent as a message of its own, as WhatsApp does. */
export interface SharedLocation {
  /** In degrees. */
  latitude: number;
  longitude: number;
  /** Of the place; null where the sender did not choose one by name. */
  address: string | null;
  /** Its name. */
  label: string | null;
}

/**
 * The location in the parameters of a webhook: Twilio sends `Latitude`, `Longitude`, `Address` and `Label`
 * with an empty `Body` (https://www.twilio.com/docs/messaging/guides/webhook-request).
 *
 * @param params as they are stored
 * @returns null where there is none, or none on earth
 */
export function sharedLocation(params: unknown): SharedLocation | null {
  const text = (name: string) => textParam(Object(params) as WebhookParams, name).trim();
  const latitude = degrees(text('Latitude'), 90);
  const longitude = degrees(text('Longitude'), 180);
  if (latitude === null || longitude === null) return null;
  return {
    latitude,
    longitude,
    address: text('Address') || null,
    label: text('Label') || null,
  };
}

function degrees(text: string, most: number): number | null {
  if (!/^[+-]?\d{1,3}(\.\d{1,20})?$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= most ? value : null;
}
