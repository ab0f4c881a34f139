/**
 * ffmpeg's demuxer for each type that it is asked for. Named, so that a file cannot choose one that
 * opens other files (playlists, concat).
 */
export const DEMUXERS: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/3gpp': 'mov',
  'video/3gpp2': 'mov',
  'video/quicktime': 'mov',
  'video/x-m4v': 'mov',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/ogg': 'ogg',
  'audio/amr': 'amr',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'mov',
  'audio/x-m4a': 'mov',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'image/avif': 'mov',
  'image/heic-sequence': 'mov',
  'image/heif-sequence': 'mov',
  'image/jp2': 'j2k_pipe',
  'image/jpx': 'j2k_pipe',
  'image/j2c': 'j2k_pipe',
  'image/jxl': 'jpegxl_pipe',
  'image/jls': 'jpegls_pipe',
};

/** Sniffed content types by the kind that makes their preview; null: bytes of no known type. */
export const PREVIEW_TYPES = {
  image: ['image/jpeg', 'image/png', 'image/apng', 'image/avif', 'image/tiff'],
  animation: ['image/gif', 'image/webp'],
  heic: ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  bitmap: ['image/bmp'],
  icon: ['image/x-icon'],
  otherPicture: ['image/jp2', 'image/jpx', 'image/j2c', 'image/jxl', 'image/jls'],
  video: Object.keys(DEMUXERS).filter((type) => type.startsWith('video/')),
  audio: Object.keys(DEMUXERS).filter((type) => type.startsWith('audio/')),
  pdf: ['application/pdf'],
  contact: ['text/vcard', 'text/x-vcard'],
  calendar: ['text/calendar'],
  text: [null, 'text/plain', 'application/xml', 'text/xml'],
} as const satisfies Record<string, readonly (string | null)[]>;

export type PreviewTypeGroup = keyof typeof PREVIEW_TYPES;
