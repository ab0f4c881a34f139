import { z } from 'zod';
import type { Blob } from '../../generated/prisma/client.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';

/** Forms of an attachment that browsers and programs can open, whatever its format. */
export const RENDITIONS = ['picture', 'audio', 'video', 'text'] as const;

export type RenditionName = (typeof RENDITIONS)[number];

/** What a decoding process converts bytes to: a rendition, or `speech`, as transcription servers take it. */
export type ConversionName = RenditionName | 'speech';

/** When renditions are made: when the first one is requested, or when the attachment is stored. */
export type RenditionMode = 'on-request' | 'eager';

/** Pages that can be renditions; as a file has one form, it also has no more renditions. */
export const MAX_PAGES = 50;

const FILE_TYPES: Readonly<Record<ConversionName, readonly string[]>> = {
  picture: ['image/jpeg', 'image/webp'],
  audio: ['audio/mp4'],
  video: ['video/mp4'],
  text: ['text/plain', 'text/vcard', 'text/calendar'],
  speech: ['audio/wav'],
};
const REASON_LENGTH = 300;
const reasonText = z.string().transform((text) => text.slice(0, REASON_LENGTH));

/**
 * What the preview process answers about one conversion: a file in the scratch folder, named like it; or
 * the original, which needs no conversion; or only the reason why there is none.
 */
export function renditionAnswer(name: ConversionName) {
  const file = z.object({ contentType: z.enum(FILE_TYPES[name]), reason: reasonText.nullable() });
  return z.union([
    z.object({ file }),
    z.object({ original: z.literal(true) }),
    z.object({ reason: reasonText }),
  ]);
}

export type RenditionResult = z.infer<ReturnType<typeof renditionAnswer>>;

/** What a converter has written. */
export interface Converted {
  contentType: string;
  /** Why it shows less than one would expect. */
  reason?: string | undefined;
}

const NAMES: Readonly<Partial<Record<keyof typeof PREVIEW_TYPES, RenditionName>>> = {
  image: 'picture',
  animation: 'picture',
  heic: 'picture',
  bitmap: 'picture',
  icon: 'picture',
  otherPicture: 'picture',
  pdf: 'picture',
  audio: 'audio',
  video: 'video',
  contact: 'text',
  calendar: 'text',
  text: 'text',
};

/**
 * The rendition that a file can have, at most one for each type.
 *
 * @param blob.previewKind what its bytes turned out to be: a container of videos may have sound only, and bytes of
 *   unknown type may be a text
 */
export function renditionOf({
  contentType,
  previewKind,
}: Pick<Blob, 'contentType' | 'previewKind'>): RenditionName | null {
  const group = Object.entries(PREVIEW_TYPES).find(([, types]) =>
    (types as readonly (string | null)[]).includes(contentType),
  )?.[0] as keyof typeof PREVIEW_TYPES | undefined;
  if (group === undefined || (contentType === null && previewKind !== 'text')) return null;
  if (group === 'video' && previewKind === 'audio') return 'audio';
  return NAMES[group] ?? null;
}

const pageCount = z.object({ pages: z.int().min(1) });

/** How many pages a file has of which each can be a picture. */
export function pagesOf({ contentType, details }: Pick<Blob, 'contentType' | 'details'>): number {
  if (contentType !== 'application/pdf' && contentType !== 'image/tiff') return 1;
  return pageCount.safeParse(details).data?.pages ?? 1;
}
