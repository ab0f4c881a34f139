import type { SimulatedAttachment } from '../simulated-message.ts';
import {
  badgePng,
  balloonsJpeg,
  chatPng,
  landscapeJpeg,
  orbitGif,
  skylineWebp,
  tilesAvif,
} from './sample-pictures.ts';

interface Sample {
  contentType: string;
  fileName: string;
  make(seed: number): Promise<Uint8Array>;
}

const SAMPLES = {
  /** A photograph-like JPEG. */
  landscape: { contentType: 'image/jpeg', fileName: 'landscape.jpg', make: landscapeJpeg },
  /** A PNG like a screenshot. */
  chat: { contentType: 'image/png', fileName: 'screenshot.png', make: chatPng },
  /** A JPEG that is upright only with its EXIF orientation applied. */
  balloons: { contentType: 'image/jpeg', fileName: 'balloons.jpg', make: balloonsJpeg },
  /** An animated GIF. */
  orbit: { contentType: 'image/gif', fileName: 'orbit.gif', make: orbitGif },
  /** A WebP. */
  skyline: { contentType: 'image/webp', fileName: 'skyline.webp', make: skylineWebp },
  /** A PNG with transparency. */
  badge: { contentType: 'image/png', fileName: 'sticker.png', make: badgePng },
  /** An AVIF. */
  tiles: { contentType: 'image/avif', fileName: 'tiles.avif', make: tilesAvif },
  /** A business card. */
  contact: { contentType: 'text/vcard', fileName: 'contact.vcf', make: contactCard },
  /** A short text. */
  note: { contentType: 'text/plain', fileName: 'note.txt', make: note },
} as const satisfies Record<string, Sample>;

export type SampleName = keyof typeof SAMPLES;

/** The names of all samples, the most typical attachments first. */
export const SAMPLE_NAMES = Object.keys(SAMPLES) as SampleName[];

/** Creates one attachment; the same name and seed give the same bytes. */
export async function sampleAttachment(name: SampleName, seed = 0): Promise<SimulatedAttachment> {
  const { contentType, fileName, make } = SAMPLES[name];
  return { bytes: await make(seed), contentType, name: fileName };
}

/** One attachment of each kind, in the order of `SAMPLE_NAMES`. */
export async function sampleAttachments(seed = 0): Promise<SimulatedAttachment[]> {
  return Promise.all(SAMPLE_NAMES.map((name) => sampleAttachment(name, seed)));
}

const PEOPLE = [
  ['Ada', 'Moreau'],
  ['Tomás', 'Lindqvist'],
  ['Yuki', 'Okafor'],
  ['Noor', 'Castellano'],
] as const;

async function contactCard(seed: number): Promise<Uint8Array> {
  const [given, family] = PEOPLE[seed % PEOPLE.length] ?? PEOPLE[0];
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${family};${given};;;`,
    `FN:${given} ${family}`,
    'ORG:Harbour Street Bakery',
    `TEL;TYPE=CELL:+1415555${String(100 + (seed % 100)).padStart(4, '0')}`,
    `EMAIL:${family.toLowerCase()}@example.com`,
    'END:VCARD',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

async function note(seed: number): Promise<Uint8Array> {
  return Buffer.from(
    `Shopping list no. ${seed + 1}\n\n- bread\n- tomatoes\n- two lemons\n- film for the camera\n`,
  );
}
