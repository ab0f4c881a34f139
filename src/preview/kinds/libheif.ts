import { REASONS, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES } from '../preview-result.ts';
import { divideByAlpha, type Picture } from './picture.ts';
import { createReducer } from './reduce-pixels.ts';

type Libheif = typeof import('libheif-js/wasm-bundle.js').default;

/** The primary picture of a HEIF file, the one that viewers show. */
export interface HeifPrimary {
  /** Upright, in pixels. */
  width: number;
  height: number;
  hasAlpha: boolean;
  /**
   * The pixels, upright. A tiled picture with more than LARGE pixels is returned shrunk, both sides by
   * the same integer factor, and without transparency.
   *
   * @throws UndecodableError, CodecMissingError
   */
  decode(): Picture;
  /** Frees its memory. */
  close(): void;
}

/** Thrown when the pixels may not be HEVC, the only codec in this build of libheif. */
export class CodecMissingError extends UndecodableError {}

// Larger ones decoded whole need up to 1 GiB: 1.5 bytes a pixel as YCbCr, 3 as RGB, and a copy of those.
const LARGE = 64_000_000;
const MAX_SIDE = 16_384;
// From libheif's heif_error.h, heif_image.h and heif_tiling.h.
const ERROR = { unsupportedFiletype: 3, unsupportedFeature: 4, memory: 6, decoder: 7 };
const SUBERROR = { securityLimit: 1000, unsupportedCodec: 3000, noDecoder: 6003 };
const RGB = 1;
const INTERLEAVED = { rgb: 10, rgba: 11 };
const CHANNEL_INTERLEAVED = 10;
const ERROR_BYTES = 12;
const TILING_BYTES = 80;

/** @throws UndecodableError when the file has no primary picture that could be decoded */
export async function openHeif(bytes: Uint8Array): Promise<HeifPrimary> {
  const lib = await loadLibheif();
  const releases: (() => void)[] = [];
  const close = () => {
    for (const release of releases.reverse()) release();
    releases.length = 0;
  };
  function allocate(byteLength: number): number {
    const pointer = lib._malloc(byteLength);
    if (pointer === 0) throw new UndecodableError(REASONS.tooMuchMemory);
    releases.push(() => lib._free(pointer));
    return pointer;
  }
  try {
    const error = allocate(ERROR_BYTES);
    const out = allocate(TILING_BYTES);
    const source = allocate(bytes.length);
    lib.HEAPU8.set(bytes, source);
    const context = lib._heif_context_alloc();
    releases.push(() => lib._heif_context_free(context));
    lib._heif_context_set_maximum_image_size_limit(context, MAX_SIDE);
    lib._heif_context_read_from_memory_without_copy(error, context, source, bytes.length, 0);
    check(lib, error);
    lib._heif_context_get_primary_image_handle(error, context, out);
    check(lib, error);
    const handle = int32(lib, out);
    releases.push(() => lib._heif_image_handle_release(handle));
    const width = lib._heif_image_handle_get_width(handle);
    const height = lib._heif_image_handle_get_height(handle);
    const hasAlpha = lib._heif_image_handle_has_alpha_channel(handle) !== 0;
    return {
      width,
      height,
      hasAlpha,
      decode() {
        const image = { lib, handle, error, out, width, height };
        const tiling = readTiling(image);
        if (width * height > LARGE && tiling.columns * tiling.rows > 1) {
          return decodeTiles(image, tiling);
        }
        const picture = decodeWhole(image, hasAlpha);
        const isPremultiplied = lib._heif_image_handle_is_premultiplied_alpha(handle) !== 0;
        if (hasAlpha && isPremultiplied) divideByAlpha(picture.pixels);
        return picture;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

export async function loadLibheif(): Promise<Libheif> {
  return (await import('libheif-js/wasm-bundle.js')).default;
}

interface HeifImage {
  lib: Libheif;
  handle: number;
  /** Pointers: where libheif writes its error, and its result. */
  error: number;
  out: number;
  width: number;
  height: number;
}

interface Tiling {
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
}

function decodeWhole(image: HeifImage, hasAlpha: boolean): Picture {
  const { lib, handle, error, out } = image;
  lib._heif_decode_image(error, handle, out, RGB, INTERLEAVED[hasAlpha ? 'rgba' : 'rgb'], 0);
  check(lib, error);
  const channels = hasAlpha ? 4 : 3;
  return withPlane(image, channels, (plane, stride, { width, height }) => {
    const pixels = Buffer.allocUnsafeSlow(width * height * channels);
    const row = width * channels;
    for (let y = 0; y < height; y += 1) {
      pixels.set(plane.subarray(y * stride, y * stride + row), y * row);
    }
    return { pixels, width, height, channels };
  });
}

function decodeTiles(image: HeifImage, { columns, rows, tileWidth, tileHeight }: Tiling): Picture {
  const { lib, handle, error, out, width, height } = image;
  const reducer = createReducer({ width, height, channels: 3, leastSide: 2 * PREVIEW_SIZES.large });
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      lib._heif_image_handle_decode_image_tile(
        ...([error, handle, out, RGB, INTERLEAVED.rgb, 0, column, row] as const),
      );
      check(lib, error);
      withPlane(image, 3, (pixels, stride, size) =>
        reducer.add({ pixels, stride, ...size, left: column * tileWidth, top: row * tileHeight }),
      );
    }
  }
  return reducer.finish();
}

/** Passes the pixels of the image that libheif has just decoded to `use`, then releases the image. */
function withPlane<T>(
  { lib, out }: HeifImage,
  channels: number,
  use: (plane: Uint8Array, stride: number, size: { width: number; height: number }) => T,
): T {
  const decoded = int32(lib, out);
  try {
    const width = lib._heif_image_get_width(decoded, CHANNEL_INTERLEAVED);
    const height = lib._heif_image_get_height(decoded, CHANNEL_INTERLEAVED);
    const from = lib._heif_image_get_plane_readonly(decoded, CHANNEL_INTERLEAVED, out);
    const stride = int32(lib, out);
    if (from === 0 || width < 1 || height < 1) throw new UndecodableError(REASONS.damaged);
    const end = from + stride * (height - 1) + width * channels;
    return use(lib.HEAPU8.subarray(from, end), stride, { width, height });
  } finally {
    lib._heif_image_release(decoded);
  }
}

function readTiling({ lib, handle, error, out }: HeifImage): Tiling {
  lib._heif_image_handle_get_image_tiling(error, handle, 1, out);
  check(lib, error);
  const [, columns = 1, rows = 1, tileWidth = 0, tileHeight = 0] = lib.HEAP32.subarray(out / 4);
  return { columns, rows, tileWidth, tileHeight };
}

function int32(lib: Libheif, pointer: number): number {
  return lib.HEAP32[pointer / 4] ?? 0;
}

function check(lib: Libheif, error: number): void {
  const [code, subcode] = [int32(lib, error), int32(lib, error + 4)];
  if (code === 0) return;
  if (subcode === SUBERROR.noDecoder || subcode === SUBERROR.unsupportedCodec) {
    throw new CodecMissingError(REASONS.unsupported);
  }
  // libheif reports nothing more specific for the tiles of a grid.
  if (code === ERROR.decoder) throw new CodecMissingError(REASONS.damaged);
  if (code === ERROR.memory || subcode === SUBERROR.securityLimit) {
    throw new UndecodableError(REASONS.tooMuchMemory);
  }
  const isUnsupported = code === ERROR.unsupportedFeature || code === ERROR.unsupportedFiletype;
  throw new UndecodableError(isUnsupported ? REASONS.unsupported : REASONS.damaged);
}
