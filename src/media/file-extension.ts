import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

// Types whose first listed extension is not the one that common programs use, or that have none.
const TYPES = new Mime(standardTypes, otherTypes).define(
  {
    'audio/aac': ['aac'],
    'audio/ac3': ['ac3'],
    'audio/aiff': ['aiff'],
    'audio/amr-wb': ['awb'],
    'audio/ape': ['ape'],
    'audio/eac3': ['eac3'],
    'audio/flac': ['flac'],
    'audio/mpeg': ['mp3'],
    'audio/ogg': ['ogg'],
    'audio/qcelp': ['qcp'],
    'audio/vnd.dolby.dd-raw': ['ac3'],
    'audio/wavpack': ['wv'],
    'audio/x-dsf': ['dsf'],
    'audio/x-ms-asf': ['wma'],
    'audio/x-musepack': ['mpc'],
    'audio/x-tta': ['tta'],
    'audio/x-voc': ['voc'],
    'audio/x-w64': ['w64'],
    'image/j2c': ['j2c'],
    'text/vcard': ['vcf'],
    'video/MP1S': ['mpg'],
    'video/MP2P': ['mpg'],
    'video/matroska': ['mkv'],
    'video/quicktime': ['mov'],
    'video/vnd.avi': ['avi'],
  },
  true,
);

// Types that open in a viewer. Files come from strangers, and those of all other types could be executed.
const SHOWN =
  /^(?!image\/svg)(image|audio|video)\/|^application\/pdf$|^text\/(x-)?vcard$|^text\/calendar$/;

/** The file extension for this type, with its dot, so that the file opens in a suitable program. */
export function extensionOf(contentType: string | null): string {
  const type = contentType ?? '';
  if (SHOWN.test(type)) return `.${TYPES.getExtension(type) ?? 'bin'}`;
  return type.startsWith('text/') ? '.txt' : '.bin';
}
