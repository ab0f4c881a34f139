import { open } from 'node:fs/promises';
import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type';

/** Bytes: room for a byte order mark, blank lines and the first line of a card. */
const TEXT_HEAD_BYTES = 256;

/** Bytes within which the header of a PDF may start [PDF Association, ISO 32000-1, annex H.3.4.1]. */
const PDF_HEAD_BYTES = 1024;

/** Main brands of `ftyp` whose files are pictures [ISO/IEC 23008-12, annex B; AVIF, section 8]. */
const PICTURE_BRANDS: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  hevc: 'image/heic-sequence',
  hevx: 'image/heic-sequence',
  hevm: 'image/heic-sequence',
  hevs: 'image/heic-sequence',
  mif1: 'image/heif',
  mif2: 'image/heif',
  miaf: 'image/heif',
  msf1: 'image/heif-sequence',
};

/** The buffer limit of the detection, in bytes; a file that needs more counts as unknown. */
const MAX_BUFFER_BYTES = 1024 * 1024;

/**
 * Detects the type of a file by its content and ignores the declared type.
 *
 * Binary formats are detected by their signatures. Of text formats only vCard and iCalendar are, which
 * phones send as attachments, also after the byte order marks and blank lines that phones prepend.
 *
 * @param file its path, or its whole content
 * @returns a media type such as `image/jpeg`; null when unknown, also when the file is too damaged
 * @throws the file system's error when the file cannot be opened
 */
export async function sniffContentType(file: string | Uint8Array): Promise<string | null> {
  const head = await readHead(file);
  return (
    sniffPictureBrand(head) ??
    soundOrVideoType(await sniffSignature(file), head) ??
    sniffTiff(head) ??
    sniffMetafile(head) ??
    sniffText(head.subarray(0, TEXT_HEAD_BYTES)) ??
    sniffPdf(head)
  );
}

async function sniffSignature(file: string | Uint8Array): Promise<string | null> {
  const limit = { maxBufferSize: MAX_BUFFER_BYTES };
  try {
    const found = await (typeof file === 'string'
      ? fileTypeFromFile(file, limit)
      : fileTypeFromBuffer(file, limit));
    // Without parameters: `audio/ogg; codecs=opus` is audio/ogg.
    return found?.mime.split(';')[0] ?? null;
  } catch {
    // The file was just readable, so its container structure is inconsistent: untrusted bytes, whose
    // type is unknown.
    return null;
  }
}

/** Also checks the compatible brands: the major brand may not name the codec. */
function sniffPictureBrand(head: Buffer): string | null {
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return null;
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands: string[] = [];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  const type = PICTURE_BRANDS[head.toString('latin1', 8, 12)] ?? null;
  const isOpen = type === 'image/heif' || type === 'image/heif-sequence';
  return isOpen && (brands.includes('avif') || brands.includes('avis')) ? 'image/avif' : type;
}

/** The header may follow a line feed or printer commands. */
function sniffPdf(head: Buffer): string | null {
  return /%PDF-\d\.\d[ \t]*[\r\n]/.test(head.toString('latin1')) ? 'application/pdf' : null;
}

/** The library needs the image file directory, which may be at the end of the file and truncated. */
function sniffTiff(head: Buffer): string | null {
  const mark = head.toString('latin1', 0, 4);
  return mark === 'II*\0' || mark === 'MM\0*' ? 'image/tiff' : null;
}

/** Windows metafiles: the placeable kind, and the enhanced one [MS-WMF 2.3.2.3, MS-EMF 2.3.4.2]. */
function sniffMetafile(head: Buffer): string | null {
  if (head.length >= 4 && head.readUInt32LE(0) === 0x9ac6cdd7) return 'image/wmf';
  if (head.length < 44 || head.readUInt32LE(0) !== 1) return null;
  return head.toString('latin1', 40, 44) === ' EMF' ? 'image/emf' : null;
}

function sniffText(head: Uint8Array): string | null {
  const text = new TextDecoder(markedEncoding(head)).decode(head).trimStart().toUpperCase();
  if (/^BEGIN:VCARD\s/.test(text)) return 'text/vcard';
  if (/^BEGIN:VCALENDAR\s/.test(text)) return 'text/calendar';
  return null;
}

/** Programs on Windows write UTF-16, with a byte order mark. */
function markedEncoding([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

async function readHead(source: string | Uint8Array): Promise<Buffer> {
  if (typeof source !== 'string') return Buffer.from(source.subarray(0, PDF_HEAD_BYTES));
  const file = await open(source, 'r');
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(PDF_HEAD_BYTES),
      0,
      PDF_HEAD_BYTES,
      0,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Signatures that file-type does not know [as Latin-1], with their types. */
const SIGNATURES: readonly [signature: string, type: string][] = [
  ['.snd\0\0', 'audio/basic'],
  ['RF64\xff\xff\xff\xffWAVE', 'audio/wav'],
  ['riff\x2e\x91\xcf\x11', 'audio/x-w64'],
  ['TTA1\x01\0', 'audio/x-tta'],
  ['\x7f\xfe\x80\x01', 'audio/vnd.dts'],
  ['.ra\xfd', 'audio/x-pn-realaudio'],
  ['.RMF\0\0\0', 'application/vnd.rn-realmedia'],
];

/**
 * Audio and video types for which file-type returns nothing, an ambiguous type, or the name of an RTP
 * payload format instead of a file type.
 *
 * @param found the result of file-type
 * @param head the first bytes, at least 16 unless the file is shorter
 */
function soundOrVideoType(found: string | null, head: Uint8Array): string | null {
  const start = Buffer.from(head.subarray(0, 16)).toString('latin1');
  switch (found) {
    case null:
      return SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1] ?? null;
    case 'video/MP1S':
    case 'video/MP2P':
      return 'video/mpeg';
    case 'audio/amr':
      return start.startsWith('#!AMR-WB') ? 'audio/amr-wb' : found;
    case 'audio/vnd.dolby.dd-raw':
      return isEnhancedAc3(head) ? 'audio/eac3' : 'audio/ac3';
    default:
      return found;
  }
}

/** By the version of the bit stream, the upper five bits of the sixth byte [ATSC A/52, annex E]. */
function isEnhancedAc3(head: Uint8Array): boolean {
  return (head[5] ?? 0) >> 3 > 10;
}
