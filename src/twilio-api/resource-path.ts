import { ACCOUNT_SID_PATTERN, MEDIA_SID_PATTERN, MESSAGE_SID_PATTERN } from '../twilio/sids.ts';

/** The representation that a path's extension asks for; `default` where it has none. */
type Format = 'json' | 'xml' | 'default';

/** What a path below `/2010-04-01` names. */
export type ResourcePath = { accountSid: string; format: Format } & (
  | { kind: 'messages' }
  | { kind: 'message'; messageSid: string }
  | { kind: 'media-list'; messageSid: string }
  | { kind: 'media'; messageSid: string; mediaSid: string }
);

// The page of 2018 writes both /Messages/ and /Message/.
const PATH = new RegExp(
  `^/2010-04-01/Accounts/(?<accountSid>${ACCOUNT_SID_PATTERN})/Messages?` +
    `(?:/(?<messageSid>${MESSAGE_SID_PATTERN})` +
    `(?<media>/Media(?:/(?<mediaSid>${MEDIA_SID_PATTERN}))?)?)?` +
    '(?:\\.(?<extension>json|xml))?$',
);

/**
 * Reads a path as it came, percent-encoding and all: sids need none, so whatever is encoded names
 * nothing.
 *
 * @returns null for a path that names no resource
 */
export function parseResourcePath(path: string): ResourcePath | null {
  const groups = PATH.exec(path)?.groups;
  if (groups === undefined) return null;
  const { accountSid = '', messageSid, media, mediaSid, extension } = groups;
  const common = { accountSid, format: (extension ?? 'default') as Format };
  if (messageSid === undefined) return { ...common, kind: 'messages' };
  if (media === undefined) return { ...common, kind: 'message', messageSid };
  if (mediaSid === undefined) return { ...common, kind: 'media-list', messageSid };
  return { ...common, kind: 'media', messageSid, mediaSid };
}

/** What an error is written as: the extension asked for, XML without one, as Twilio does. */
export function errorFormat(path: string): 'json' | 'xml' {
  return path.endsWith('.json') ? 'json' : 'xml';
}
