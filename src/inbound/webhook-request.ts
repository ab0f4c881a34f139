/** A parameter as it came: repeated ones are lists, JSON bodies may nest. */
export type WebhookParams = Record<string, unknown>;

/** What one call of the webhook says, before anybody checked who says it. */
export interface WebhookRequest {
  /** The URL that Twilio called, as Twilio knows it. */
  url: string;
  /** The value of `X-Twilio-Signature`. */
  signature: string;
  params: WebhookParams;
  /** The raw body where it is JSON: its hash is signed instead of its parameters. */
  jsonBody?: string;
  /** True where the parameters are part of the URL already (GET). */
  paramsInUrl: boolean;
}

/**
 * Decodes `application/x-www-form-urlencoded` text. Invalid UTF-8 becomes U+FFFD, repeated
 * parameters become lists, in their order.
 */
export function parseForm(text: string): WebhookParams {
  const params: WebhookParams = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const known = params[name];
    if (known === undefined) params[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else params[name] = [known, value];
  }
  return params;
}

/** The first value of a parameter as text; empty when it is missing or nests. */
export function textParam(params: WebhookParams, name: string): string {
  const value = params[name];
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first;
  return typeof first === 'number' || typeof first === 'boolean' ? String(first) : '';
}
