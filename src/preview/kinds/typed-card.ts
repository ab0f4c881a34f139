import { type Card, drawCard } from './card.ts';
import { fileSize } from './format-text.ts';
import type { Picture } from './picture.ts';

const COLOURS: Record<string, string> = {
  image: '#0369a1',
  video: '#b45309',
  audio: '#7c3aed',
  text: '#15803d',
  application: '#475569',
};

const NAMES: Record<string, [badge: string, title: string]> = {
  'image/heic': ['HEIC', 'Picture'],
  'image/svg+xml': ['SVG', 'Drawing'],
  'image/emf': ['EMF', 'Drawing'],
  'image/wmf': ['WMF', 'Drawing'],
  'image/vnd.dwg': ['DWG', 'Drawing'],
  'image/vnd.adobe.photoshop': ['PSD', 'Picture'],
  'image/x-adobe-dng': ['DNG', 'Raw picture'],
  'image/x-canon-cr2': ['CR2', 'Raw picture'],
  'image/x-canon-cr3': ['CR3', 'Raw picture'],
  'image/x-fujifilm-raf': ['RAF', 'Raw picture'],
  'image/x-icon': ['ICO', 'Icon'],
  'image/x-nikon-nef': ['NEF', 'Raw picture'],
  'image/x-olympus-orf': ['ORF', 'Raw picture'],
  'image/x-panasonic-rw2': ['RW2', 'Raw picture'],
  'image/x-sony-arw': ['ARW', 'Raw picture'],
  'video/3gpp': ['3GP', 'Video'],
  'video/quicktime': ['MOV', 'Video'],
  'video/matroska': ['MKV', 'Video'],
  'video/mp2t': ['TS', 'Video'],
  'video/x-ms-asf': ['WMV', 'Video'],
  'application/vnd.ms-asf': ['ASF', 'Video'],
  'application/mxf': ['MXF', 'Video'],
  'application/vnd.rn-realmedia': ['RM', 'Video'],
  'audio/mpeg': ['MP3', 'Audio'],
  'audio/basic': ['AU', 'Audio'],
  'audio/x-ms-asf': ['WMA', 'Audio'],
  'audio/x-m4a': ['M4A', 'Audio'],
  'text/vcard': ['VCF', 'Contact'],
  'text/calendar': ['ICS', 'Calendar entry'],
  'application/pdf': ['PDF', 'Document'],
  'application/zip': ['ZIP', 'Archive'],
  'application/gzip': ['GZ', 'Archive'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['DOCX', 'Document'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['XLSX', 'Spreadsheet'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['PPTX', 'Slides'],
};

const TITLES: Record<string, string> = {
  image: 'Picture',
  video: 'Video',
  audio: 'Audio',
  text: 'Text',
};

/**
 * The card of files without a preview of their own: type and size. Not the file name, because the card is
 * shared by all senders of the same bytes.
 */
export function drawTypedCard(file: {
  contentType: string | null;
  byteSize: number;
}): Promise<Picture> {
  return drawCard(typedCard(file));
}

/** The same before it is drawn. */
function typedCard(file: { contentType: string | null; byteSize: number }): Card {
  const type = file.contentType ?? '';
  const [family = '', subtype = ''] = type.split('/');
  const [badge, title] = NAMES[type] ?? [
    // The badge is the first word of the subtype, without `x-` or `vnd.`.
    subtype
      .replace(/^(x-|vnd\.)/, '')
      .replaceAll(/[^a-z0-9].*$/gi, '')
      .slice(0, 5)
      .toUpperCase() || '?',
    TITLES[family] ?? 'File',
  ];
  return {
    badge,
    colour: COLOURS[family] ?? '#64748b',
    title,
    lines: [...(type === '' ? ['unknown type'] : [type]), fileSize(file.byteSize)],
  };
}
