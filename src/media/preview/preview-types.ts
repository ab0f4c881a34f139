/**
 * ffmpeg's demuxers for each type that it is asked for: the one that reads it, or those among which the
 * bytes decide. Named, so that a file cannot choose one that opens other files (playlists, concat).
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
  'application/ogg': 'ogg',
  'video/vnd.avi': 'avi',
  // Program streams, and elementary streams of one video.
  'video/mpeg': 'mpeg,mpegvideo',
  // As program streams were called here once.
  'video/MP1S': 'mpeg',
  'video/MP2P': 'mpeg',
  'video/mp2t': 'mpegts',
  'video/x-ms-asf': 'asf',
  'application/vnd.ms-asf': 'asf',
  'video/x-flv': 'flv',
  'application/mxf': 'mxf',
  'application/vnd.rn-realmedia': 'rm',
  'audio/amr': 'amr',
  'audio/amr-wb': 'amr',
  'audio/qcelp': 'qcp',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'mov',
  'audio/x-m4a': 'mov',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/x-caf': 'caf',
  'audio/aiff': 'aiff',
  'audio/basic': 'au',
  'audio/ac3': 'ac3',
  'audio/eac3': 'eac3',
  // As both were called here once.
  'audio/vnd.dolby.dd-raw': 'ac3,eac3',
  'audio/vnd.dts': 'dts',
  'audio/x-ms-asf': 'asf',
  'audio/x-pn-realaudio': 'rm',
  'audio/x-w64': 'w64',
  'audio/x-voc': 'voc',
  'audio/x-dsf': 'dsf',
  'audio/x-musepack': 'mpc,mpc8',
  'audio/x-tta': 'tta',
  'audio/ape': 'ape',
  'audio/wavpack': 'wv',
};

/** Sniffed content types by the kind that makes their preview; null: bytes of no known type. */
export const PREVIEW_TYPES = {
  image: ['image/jpeg', 'image/png', 'image/apng', 'image/avif', 'image/tiff'],
  animation: ['image/gif', 'image/webp'],
  heic: ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  bitmap: ['image/bmp'],
  video: Object.keys(DEMUXERS).filter((type) => !type.startsWith('audio/')),
  audio: Object.keys(DEMUXERS).filter((type) => type.startsWith('audio/')),
  pdf: ['application/pdf'],
  contact: ['text/vcard', 'text/x-vcard'],
  calendar: ['text/calendar'],
  text: [null, 'text/plain', 'application/xml', 'text/xml'],
} as const satisfies Record<string, readonly (string | null)[]>;

export type PreviewTypeGroup = keyof typeof PREVIEW_TYPES;
