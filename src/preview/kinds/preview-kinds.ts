import type { PreviewKind } from '../preview-kind.ts';
import { animationKind } from './animation-kind.ts';
import { audioKind } from './audio-kind.ts';
import { bitmapKind } from './bitmap-kind.ts';
import { calendarKind } from './calendar-kind.ts';
import { contactKind } from './contact-kind.ts';
import { heicKind } from './heic-kind.ts';
import { iconKind } from './icon-kind.ts';
import { imageKind } from './image-kind.ts';
import { otherPictureKind } from './other-picture-kind.ts';
import { pdfKind } from './pdf-kind.ts';
import { textKind } from './text-kind.ts';
import { videoKind } from './video-kind.ts';

/** All preview kinds; no two list the same content type. Types that none lists get a typed card. */
export const KINDS: readonly PreviewKind[] = [
  imageKind,
  animationKind,
  heicKind,
  bitmapKind,
  iconKind,
  videoKind,
  audioKind,
  otherPictureKind,
  pdfKind,
  contactKind,
  calendarKind,
  textKind,
];
