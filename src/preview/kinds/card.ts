import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { singleLine } from './format-text.ts';
import { fromPicture, type Picture, toPicture } from './picture.ts';

/** A drawn preview of a file that is not a picture. Texts are cut where they do not fit. */
export interface Card {
  /** At most five letters for the corner: `PDF`, `VCF`. */
  badge: string;
  /** Colour of the badge, `#rrggbb`. */
  colour: string;
  title: string;
  lines: string[];
  /** Shown in a circle beside the title. */
  photo?: Picture;
  /** Shown between title and lines, at most BANNER_SIZE. */
  banner?: Picture;
}

const CARD_SIZE = { width: 1280, height: 960 };
/** How much text fits on a card without a banner, in characters of average width. */
export const CARD_ROOM = { titleLength: 32, lineLength: 58, lines: 9 };
const BANNER_SIZE = { width: 1120, height: 420 };

const MARGIN = 80;
const BADGE = { width: 260, height: 110 };
const PHOTO_SIDE = 200;
const TITLE_TOP = 250;
const LINES_TOP = 380;
const TITLE_SIZE = 52;
const LINE_SIZE = 34;
const LINE_PITCH = 58;
const INK = '#0f172a';
const PAPER = [255, 255, 255] as const;
const AROUND = '#f1f5f9';
// Pango throws when there is nothing to draw.
const VISIBLE = /[^\s\p{C}]/u;

// A bundled font, because servers often have none installed. It covers Latin, Greek, Cyrillic, Arabic,
// Hebrew and more; other scripts use the machine's fonts, or show as boxes.
const FONTS = {
  bold: fontFile('DejaVuSans-Bold.ttf'),
  plain: fontFile('DejaVuSans.ttf'),
};

function fontFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`));
}

/** Draws a card as an opaque picture of CARD_SIZE. */
export async function drawCard(card: Card): Promise<Picture> {
  const { photo, banner } = card;
  const width = CARD_SIZE.width - 2 * MARGIN;
  const linesTop = banner === undefined ? LINES_TOP : LINES_TOP + BANNER_SIZE.height + 40;
  const lineCount = Math.floor((CARD_SIZE.height - MARGIN / 2 - linesTop) / LINE_PITCH);
  const lines = card.lines
    .slice(0, lineCount)
    .map((line) => singleLine(line, CARD_ROOM.lineLength));
  const badge = await renderText(card.badge.slice(0, 5), {
    ...BADGE,
    size: 56,
    colour: '#ffffff',
    isBold: true,
  });
  const title = await renderText(singleLine(card.title.trim(), CARD_ROOM.titleLength), {
    width,
    height: 100,
    size: TITLE_SIZE,
    isBold: true,
  });
  const body = await renderText(lines.join('\n'), {
    width,
    height: lineCount * LINE_PITCH,
    size: LINE_SIZE,
  });
  return toPicture(
    fromPicture(await toPicture(background()))
      .composite([
        overlay(roundedBox(BADGE.width, BADGE.height, 24, rgb(card.colour)), MARGIN, MARGIN),
        ...(badge === null ? [] : [centred(badge)]),
        ...place(title, MARGIN, TITLE_TOP),
        ...place(body, MARGIN, linesTop),
        ...(banner === undefined ? [] : place(banner, MARGIN, LINES_TOP)),
        ...(photo === undefined
          ? []
          : place(await round(photo), CARD_SIZE.width - MARGIN - PHOTO_SIDE, MARGIN / 2)),
      ])
      .removeAlpha(),
  );
}

function background(): Sharp {
  const paper = roundedBox(CARD_SIZE.width - 60, CARD_SIZE.height - 60, 36, PAPER);
  return sharp({ create: { ...CARD_SIZE, channels: 3, background: AROUND } }).composite([
    overlay(paper, 30, 30),
  ]);
}

/** @returns null when there is nothing to draw */
async function renderText(
  text: string,
  box: { width: number; height: number; size: number; colour?: string; isBold?: boolean },
): Promise<Picture | null> {
  if (!VISIBLE.test(text)) return null;
  const { width, height, size, colour = INK, isBold = false } = box;
  const drawn = await sharp({
    text: {
      text: `<span foreground="${colour}">${escapeMarkup(text)}</span>`,
      font: `DejaVu Sans ${isBold ? 'Bold ' : ''}${size}`,
      fontfile: isBold ? FONTS.bold : FONTS.plain,
      rgba: true,
      dpi: 72,
      wrap: 'none',
      spacing: Math.round(size / 2),
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  return toPicture(
    sharp(drawn.data).extract({
      left: 0,
      top: 0,
      width: Math.min(width, drawn.info.width),
      height: Math.min(height, drawn.info.height),
    }),
  );
}

/** Pango's markup is a kind of XML. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

async function round(photo: Picture): Promise<Picture> {
  const disc = roundedBox(PHOTO_SIDE, PHOTO_SIDE, PHOTO_SIDE / 2, PAPER);
  const square = await toPicture(fromPicture(photo).resize(PHOTO_SIDE, PHOTO_SIDE).ensureAlpha());
  return toPicture(fromPicture(square).composite([{ ...overlay(disc, 0, 0), blend: 'dest-in' }]));
}

function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function centred({ width, height, ...picture }: Picture): OverlayOptions {
  return overlay(
    { width, height, ...picture },
    MARGIN + Math.round((BADGE.width - width) / 2),
    MARGIN + Math.round((BADGE.height - height) / 2),
  );
}

function place(picture: Picture | null, left: number, top: number): OverlayOptions[] {
  return picture === null ? [] : [overlay(picture, left, top)];
}

function overlay({ pixels, ...raw }: Picture, left: number, top: number): OverlayOptions {
  return { input: pixels, raw, left, top };
}

/**
 * Draws a box of one colour with round corners, transparent around them; a radius of half its side
 * makes a disc.
 *
 * @param colour red, green and blue, 0 to 255
 */
function roundedBox(
  width: number,
  height: number,
  radius: number,
  colour: readonly [number, number, number],
): Picture {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      pixels.set([...colour, opacity(x, y, width, height, radius)], (y * width + x) * 4);
    }
  }
  return { pixels, width, height, channels: 4 };
}

/** 255 inside, 0 outside, antialiased along the curve by the distance of the pixel's centre. */
function opacity(x: number, y: number, width: number, height: number, radius: number): number {
  const beyond = (at: number, size: number) =>
    Math.max(radius - (at + 0.5), at + 0.5 - (size - radius), 0);
  const distance = Math.hypot(beyond(x, width), beyond(y, height));
  return Math.round(255 * Math.min(1, Math.max(0, radius - distance + 0.5)));
}
