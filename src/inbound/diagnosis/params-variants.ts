import { parseForm, type WebhookParams } from '../webhook-request.ts';
import type { RefusedRequest } from './refused-request.ts';

/** Parameters that Twilio may have signed, and what became of them on the way. */
export interface ParamsVariant {
  params: WebhookParams;
  /** Null for the parameters as they came. */
  change: string | null;
}

// Twilio sends these with no value where it knows none: proxies and frameworks drop such.
const PLACES = ['City', 'State', 'Zip', 'Country'];
const OF_SENDER = PLACES.map((place) => `From${place}`);
const OF_RECIPIENT = PLACES.map((place) => `To${place}`);
const OFTEN_EMPTY = [
  OF_RECIPIENT,
  OF_SENDER,
  [...OF_RECIPIENT, ...OF_SENDER],
  ['Body'],
  ['Body', ...OF_RECIPIENT, ...OF_SENDER],
];

/** The parameters of a form as they may have been before something on the way changed them. */
export function paramsVariants({ webhook, body }: RefusedRequest): ParamsVariant[] {
  // What is signed with the URL, or vouched for by its hash, is not signed by name and value.
  if (webhook.paramsInUrl || webhook.jsonBody !== undefined) return [{ params: {}, change: null }];
  const { params } = webhook;
  const variants: ParamsVariant[] = [{ params, change: null }];
  const add = (change: string, other: WebhookParams) => variants.push({ params: other, change });
  add('a + became a space', parseForm(body.replaceAll('+', '%2B')));
  add('values were encoded twice', mapText(params, decodeAgain));
  add(
    'white space was added to values',
    mapText(params, (text) => text.trim()),
  );
  for (const ends of [' ', '\n', '\r\n']) {
    add('white space was trimmed from values', bodyWith(params, '', ends));
  }
  add('white space was trimmed from values', bodyWith(params, ' ', ''));
  add(
    'line ends were changed',
    mapText(params, (text) => text.replaceAll('\r\n', '\n')),
  );
  add(
    'line ends were changed',
    mapText(params, (text) => text.replaceAll(/\r?\n/g, '\r\n')),
  );
  for (const names of OFTEN_EMPTY) {
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    add('parameters without a value were dropped', { ...empty, ...params });
  }
  const filled = Object.entries(params).filter(([, value]) => value !== '');
  add('parameters without a value were added', Object.fromEntries(filled));
  return variants;
}

function bodyWith(params: WebhookParams, before: string, behind: string): WebhookParams {
  return { ...params, Body: `${before}${params.Body ?? ''}${behind}` };
}

function mapText(params: WebhookParams, change: (text: string) => string): WebhookParams {
  const entries = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? change(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function decodeAgain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
