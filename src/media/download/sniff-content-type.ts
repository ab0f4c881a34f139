import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { soundOrVideoType } from './sound-and-video-types.ts';

/** Bytes: room for a byte order mark, blank lines and the first line of a card. */
const TEXT_HEAD_BYTES = 256;

/** Bytes that may be held at once while looking; what needs more counts as unknown. */
const MAX_BUFFER_BYTES = 1024 * 1024;

/**
 * Says what a file is by its content, whatever it was declared as.
 *
 * Binary formats are known by their signatures; of text, only vCard and iCalendar, which phones
 * send as attachments, with the byte order marks and blank lines that phones put before them.
 *
 * @returns a media type such as `image/jpeg`; null when unknown, which includes files too damaged
 *   to tell
 * @throws the file system's error when the file cannot be opened
 */
export async function sniffContentType(path: string): Promise<string | null> {
  const head = await readHead(path);
  const signature = soundOrVideoType(await sniffSignature(path), head);
  return signature ?? sniffTiff(head) ?? sniffText(head);
}

async function sniffSignature(path: string): Promise<string | null> {
  try {
    const found = await fileTypeFromFile(path, { maxBufferSize: MAX_BUFFER_BYTES });
    // Without parameters: `audio/ogg; codecs=opus` is audio/ogg.
    return found?.mime.split(';')[0] ?? null;
  } catch {
    // The file was readable a moment ago, so this is a container whose insides contradict it:
    // bytes from a stranger, and "unknown" is the answer.
    return null;
  }
}

/** The library wants the directory, which may stand at the end and be cut off. */
function sniffTiff(head: Uint8Array): string | null {
  const mark = Buffer.from(head.subarray(0, 4)).toString('latin1');
  return mark === 'II*\0' || mark === 'MM\0*' ? 'image/tiff' : null;
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

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(TEXT_HEAD_BYTES),
      0,
      TEXT_HEAD_BYTES,
      0,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
