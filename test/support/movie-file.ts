import { SERIAL } from './metadata-files.ts';

// Adds metadata to MP4 and QuickTime files, as cameras write them [ISO/IEC 14496-12; QuickTime File Format].

export function isoBox(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

export interface IsoBox {
  type: string;
  whole: Buffer;
  body: Buffer;
}

/** The boxes in some bytes. */
export function isoBoxes(bytes: Buffer): IsoBox[] {
  const boxes: IsoBox[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at) || bytes.length - at;
    const whole = bytes.subarray(at, at + length);
    boxes.push({ type: whole.toString('latin1', 4, 8), whole, body: whole.subarray(8) });
    at += length;
  }
  return boxes;
}

/** The first box at the end of a path. */
export function isoChild(bytes: Buffer, ...path: string[]): Buffer {
  return path.reduce((content, wanted) => {
    const box = isoBoxes(content).find(({ type }) => type === wanted);
    if (box === undefined) throw new Error(`no ${wanted}`);
    return box.body;
  }, bytes);
}

const uint = (...numbers: number[]) => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [n, number] of numbers.entries()) bytes.writeUInt32BE(number, n * 4);
  return bytes;
};
const text = (value: string) => Buffer.from(value, 'latin1');

/** What is written as samples of the track of positions. */
const POSITION = `+52.520647+013.404892/ ${SERIAL};`;
const CREATED = 0xe5a1b2c3;

/**
 * The same movie with user data, XMP, boxes of makers, times of creation, the names of a camera, a track of positions,
 * and bytes in its media data that no track refers to.
 */
export function movieWithMetadata(movie: Buffer): Buffer {
  const xmp = isoBox('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'), text(SERIAL));
  const boxes = isoBoxes(movie);
  const extra = isoBox('mdat', text(POSITION), text(`nobody refers to this: ${SERIAL}`));
  // What follows the original boxes is written first, so that its position is known.
  const indexOf = (wanted: string) => boxes.findIndex(({ type }) => type === wanted);
  const isLast = indexOf('moov') > indexOf('mdat');
  const build = (shift: number, positionAt: number) =>
    boxes.map(({ type, whole, body }) =>
      type === 'moov' ? moovWithMetadata(body, isLast ? 0 : shift, positionAt) : whole,
    );
  const measured = Buffer.concat(build(0, 0));
  const shift = measured.length - movie.length;
  const positionAt = measured.length + xmp.length + 8;
  return Buffer.concat([...build(shift, positionAt), xmp, extra, isoBox('free', text(SERIAL))]);
}

/** @param shift how much later in the file the media data are than the chunks say */
function moovWithMetadata(moov: Buffer, shift: number, positionAt: number): Buffer {
  const parts = isoBoxes(moov).map(({ type, body, whole }) =>
    type === 'trak' ? isoBox('trak', ...trakWithMetadata(body, shift)) : timed(type, whole),
  );
  const userData = isoBox(
    'udta',
    isoBox('\xa9xyz', Buffer.from([0, 27, 0x15, 0xc7]), text(POSITION)),
    isoBox('SNum', text(SERIAL)),
  );
  const handler = isoBox('hdlr', uint(0, 0), text('mdta'), Buffer.alloc(13));
  return isoBox(
    'moov',
    ...parts,
    positionTrack(positionAt),
    userData,
    isoBox('meta', handler, isoBox('ilst', text(SERIAL))),
    isoBox('gps ', text(SERIAL)),
  );
}

function trakWithMetadata(trak: Buffer, shift: number): Buffer[] {
  const walk = (content: Buffer): Buffer[] =>
    isoBoxes(content).map(({ type, body, whole }) => {
      if (['mdia', 'minf', 'stbl'].includes(type)) return isoBox(type, ...walk(body));
      if (type === 'hdlr') {
        return isoBox('hdlr', body.subarray(0, 24), text(`${SERIAL}\0`));
      }
      if (type !== 'stco') return timed(type, whole);
      const moved = Buffer.from(whole);
      for (let at = 16; at < moved.length; at += 4) {
        moved.writeUInt32BE(moved.readUInt32BE(at) + shift, at);
      }
      return moved;
    });
  return [...walk(trak), isoBox('udta', isoBox('name', text(SERIAL)))];
}

/** With a time of creation and of the last change. */
function timed(type: string, whole: Buffer): Buffer {
  if (!['mvhd', 'tkhd', 'mdhd'].includes(type) || whole.readUInt8(8) !== 0) return whole;
  const changed = Buffer.from(whole);
  changed.writeUInt32BE(CREATED, 12);
  changed.writeUInt32BE(CREATED, 16);
  return changed;
}

/** One sample of one second: the position. */
function positionTrack(at: number): Buffer {
  const matrix = uint(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  return isoBox(
    'trak',
    isoBox('tkhd', uint(1, CREATED, CREATED, 99, 0, 1000, 0, 0, 0, 0), matrix, uint(0, 0)),
    isoBox(
      'mdia',
      isoBox('mdhd', uint(0, CREATED, CREATED, 1000, 1000, 0)),
      isoBox('hdlr', uint(0, 0), text('meta'), uint(0, 0, 0), text('GoPro MET\0')),
      isoBox(
        'minf',
        isoBox('nmhd', uint(0)),
        isoBox('dinf', isoBox('dref', uint(0, 1), isoBox('url ', uint(1)))),
        isoBox(
          'stbl',
          isoBox('stsd', uint(0, 1), isoBox('gpmd', uint(0, 1, 0))),
          isoBox('stts', uint(0, 1, 1, 1000)),
          isoBox('stsc', uint(0, 1, 1, 1, 1)),
          isoBox('stsz', uint(0, POSITION.length, 1)),
          isoBox('stco', uint(0, 1, at)),
        ),
      ),
    ),
  );
}
