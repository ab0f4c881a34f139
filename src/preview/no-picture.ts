// Kinds of pictures that are known and not decoded, with or without ffmpeg.
const CAMERA_RAW = 'A camera’s raw file: it is not developed here';
const METAFILE = 'Drawing commands for Windows: they are not carried out here';

const NO_PICTURE: Readonly<Record<string, string>> = {
  'image/x-adobe-dng': CAMERA_RAW,
  'image/x-canon-cr2': CAMERA_RAW,
  'image/x-canon-cr3': CAMERA_RAW,
  'image/x-nikon-nef': CAMERA_RAW,
  'image/x-sony-arw': CAMERA_RAW,
  'image/x-olympus-orf': CAMERA_RAW,
  'image/x-panasonic-rw2': CAMERA_RAW,
  'image/x-fujifilm-raf': CAMERA_RAW,
  'image/vnd.adobe.photoshop': 'A Photoshop document: its layers are not put together here',
  'image/x-xcf': 'A GIMP document: its layers are not put together here',
  'image/vnd.dwg': 'An AutoCAD drawing: it is not drawn here',
  'image/emf': METAFILE,
  'image/wmf': METAFILE,
};

/** Why a type of picture has no preview of its own; undefined for what is no picture, which needs no excuse. */
export function whyNoPicture(contentType: string | null): string | undefined {
  if (contentType === null || !contentType.startsWith('image/')) return undefined;
  return NO_PICTURE[contentType] ?? 'Pictures of this format are not decoded here';
}
