import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';

// Where the first in the list of a type is not what people's programs go by, or there is none.
const TYPES = new Mime(standardTypes, otherTypes).define(
  {
    'audio/aac': ['aac'],
    'audio/flac': ['flac'],
    'audio/mpeg': ['mp3'],
    'audio/ogg': ['ogg'],
    'text/vcard': ['vcf'],
    'video/matroska': ['mkv'],
    'video/quicktime': ['mov'],
  },
  true,
);

/**
 * What the name of a file of this type ends in, so that people can open it.
 *
 * @returns with its dot; empty for a type that is not known
 */
export function extensionOf(contentType: string | null): string {
  const extension = contentType === null ? null : TYPES.getExtension(contentType);
  return extension === null ? '' : `.${extension}`;
}
