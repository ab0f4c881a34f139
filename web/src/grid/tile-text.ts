import type { MediaItem } from '../api/types.ts';
import type { IconName } from '../frame/icons.tsx';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';

// What an attachment is, in words.

export type TileKind = keyof typeof strings.grid.kinds;

const ICONS: Record<TileKind, IconName> = {
  picture: 'picture',
  animation: 'picture',
  video: 'play',
  audio: 'sound',
  document: 'document',
  contact: 'contact',
  calendar: 'calendar',
  text: 'document',
  file: 'document',
};
const OF_PREVIEW = {
  image: 'picture',
  animation: 'animation',
  video: 'video',
  audio: 'audio',
  pdf: 'document',
  contact: 'contact',
  calendar: 'calendar',
  text: 'text',
} as const;
const OF_TYPE: [RegExp, TileKind][] = [
  [/^image\//, 'picture'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
  [/^application\/pdf/, 'document'],
  [/^text\/(x-)?vcard/, 'contact'],
  [/^text\/calendar/, 'calendar'],
  [/^text\//, 'text'],
];

const { language } = strings;
const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
const shortDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const shortTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

export function kindOf({ preview, contentType, declaredContentType }: MediaItem): TileKind {
  const { kind = 'none' } = preview ?? {};
  if (kind !== 'card' && kind !== 'none') return OF_PREVIEW[kind];
  const type = contentType ?? declaredContentType ?? '';
  return OF_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? 'file';
}

export function iconOf(item: MediaItem): IconName {
  return ICONS[kindOf(item)];
}

/** Such as "Not fetched". */
export function stateText({ state, fetchedAt }: MediaItem): string {
  const { states, beingPrepared, removed } = strings.grid;
  // Viewers are not told whether it was deleted or held back.
  if (state === 'deleted' && !isModerator.peek()) return removed;
  return state === 'pending' && fetchedAt !== null ? beingPrepared : states[state];
}

/** Such as "Video, from +15551234567, 29 November 2026 at 14:05". */
export function describe(item: MediaItem): string {
  const { kinds, from } = strings.grid;
  const parts = [
    kinds[kindOf(item)],
    item.state === 'stored' ? '' : stateText(item),
    item.moderation === 'visible' ? '' : strings.grid.moderation[item.moderation],
    item.from ? from(item.from) : '',
    dateTime.format(new Date(item.receivedAt)),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** For the title of the page, such as "Video from +15551234567, 29 Nov". */
export function titleOf(item: MediaItem): string {
  const { kinds, from } = strings.grid;
  const kind = kinds[kindOf(item)];
  const what = item.from ? `${kind} ${from(item.from)}` : kind;
  return `${what}, ${shortDay.format(new Date(item.receivedAt))}`;
}

/** On paper, such as "29 Nov 2026, 14:05 +15551234567". */
export function caption({ receivedAt, from }: MediaItem): string {
  return `${shortTime.format(new Date(receivedAt))} ${from ?? ''}`;
}

/** Such as "1:05": whole seconds, cut off as players do it. */
export function durationText(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const padded = (value: number) => String(value).padStart(2, '0');
  const rest = padded(whole % 60);
  return hours > 0 ? `${hours}:${padded(minutes)}:${rest}` : `${minutes}:${rest}`;
}
