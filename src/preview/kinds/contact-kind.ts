import sharp from 'sharp';
import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { CARD_ROOM, type Card, drawCard } from './card.ts';
import { decodeText } from './decode-text.ts';
import { type Picture, toPicture } from './picture.ts';
import { type Contact, readContacts } from './vcard.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_CONTACTS = 10;
/** The last line says how many more there are. */
const MAX_NAMES = CARD_ROOM.lines - 1;

/** A card of the contact in a vCard, or the names of several contacts. */
export const contactKind: PreviewKind = {
  name: 'contact',
  types: new Set(PREVIEW_TYPES.contact),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MAX_BYTES);
    const { count, contacts } = readContacts(decodeText(bytes)?.text ?? '', MAX_CONTACTS);
    const [contact] = contacts;
    if (!contact) throw new UndecodableError('The file has no readable contact');
    const isWhole = byteSize <= MAX_BYTES;
    const card = count === 1 ? await cardOfOne(contact) : cardOfSeveral(count, isWhole, contacts);
    return {
      kind: 'contact',
      picture: await drawCard(card),
      size: null,
      details: {
        ...(isWhole && { contactCount: count }),
        contacts: contacts.map(({ photo: _, ...details }) => details),
      },
    };
  },
};

const STYLE = { badge: 'VCF', colour: '#0f766e' };

async function cardOfOne({ name, organization, phones, emails, photo }: Contact): Promise<Card> {
  const picture = photo && (await decodePhoto(photo));
  return {
    ...STYLE,
    title: name,
    lines: [organization ?? '', ...phones, ...emails].filter((line) => line && line !== name),
    ...(picture && { photo: picture }),
  };
}

function cardOfSeveral(count: number, isWhole: boolean, contacts: Contact[]): Card {
  const names = contacts.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = count - names.length;
  return {
    ...STYLE,
    title: `${isWhole ? '' : 'Over '}${count} contacts`,
    lines: more > 0 ? [...names, `and ${more} more`] : names,
  };
}

const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp']);
/** Larger than any photo that a phone puts in a contact. */
const MAX_PIXELS = 4_096 ** 2;
/** Side of the square photo, in pixels. */
const SIDE = 320;

/**
 * Decodes the photo of a contact, cropped to a square.
 *
 * @returns null when it is damaged, too large or not in a format that phones use
 */
async function decodePhoto(photo: Buffer): Promise<Picture | null> {
  try {
    const input = sharp(photo, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { format } = await input.metadata();
    if (!DECODERS.has(format)) return null;
    return await toPicture(input.autoOrient().resize(SIDE, SIDE, { fit: 'cover' }));
  } catch {
    // The card is still useful without the photo.
    return null;
  }
}
