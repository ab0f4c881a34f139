import { ACCOUNT_SID_PATTERN, MEDIA_SID_PATTERN, MESSAGE_SID_PATTERN } from '../twilio/sids.ts';

/** The representation by the path's extension; `default` without one. */
type Format = 'json' | 'xml' | 'default';

/** The resource that a path below `/2010-04-01` names. */
export type ResourcePath = { accountSid: string; format: Format } & (
  | { kind: 'messages' }
  | { kind: 'message'; messageSid: string }
  | { kind: 'media-list'; messageSid: string }
  | { kind: 'media'; messageSid: string; mediaSid: string }
);

// Twilio's documentation of 2018 uses both /Messages/ and /Message/.
const PATH = new RegExp(
  `^/2010-04-01/Accounts/(?<accountSid>${ACCOUNT_SID_PATTERN})/Messages?` +
    `(?:/(?<messageSid>${MESSAGE_SID_PATTERN})` +
    `(?<media>/Media(?:/(?<mediaSid>${MEDIA_SID_PATTERN}))?)?)?` +
    '(?:\\.(?<extension>json|xml))?$',
);

/**
 * Parses a path without decoding it: sids need no percent-encoding, so an encoded path names no
 * resource.
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

/** The format of an error: JSON by the extension, otherwise XML, as at Twilio. */
export function errorFormat(path: string): 'json' | 'xml' {
  return path.endsWith('.json') ? 'json' : 'xml';
}
