import { hasFilters, type VideoColours } from './ffmpeg.ts';

// In ffmpeg's names. PQ and HLG [ITU-R BT.2100] are of high dynamic range.
const HIGH_DYNAMIC_RANGE: ReadonlySet<string> = new Set(['smpte2084', 'arib-std-b67']);
const WIDE_GAMUT: ReadonlySet<string> = new Set(['bt2020', 'smpte431', 'smpte432']);
// What else a wide gamut comes with; where a file says something odd, it means the usual one.
const TRANSFERS: ReadonlySet<string> = new Set(['bt2020-10', 'bt2020-12', 'iec61966-2-1']);
const USUAL_TRANSFER = 'bt709';
// Luminance of white paper in cd/m² [ITU-R BT.2408]: that is the white of sRGB.
const REFERENCE_WHITE = 203;

/** Why the colours are not right. */
export const PALE =
  'Its colours are paler than they should be: they could not be converted to sRGB';

/**
 * How ffmpeg makes sRGB of a frame. Without that, high dynamic range looks dull and a wide gamut pale.
 * Of all tone curves `mobius` changes least of what sRGB can show.
 *
 * @returns what to append to a filter graph that ends in a picture, empty where the colours need
 *   nothing; or the reason why they will not be right
 */
export async function toSrgb({
  transfer = '',
  primaries = '',
}: VideoColours): Promise<{ filter: string; reason?: string }> {
  const isHdr = HIGH_DYNAMIC_RANGE.has(transfer);
  if (!isHdr && !WIDE_GAMUT.has(primaries)) return { filter: '' };
  if (!(await hasFilters('zscale', 'tonemap'))) {
    return { filter: '', reason: `${PALE}, as the ffmpeg of the server lacks zscale or tonemap` };
  }
  const from = `pin=${WIDE_GAMUT.has(primaries) ? primaries : 'bt2020'}:min=gbr:rin=pc`;
  const srgb = 't=iec61966-2-1:m=gbr:r=pc';
  const steps = isHdr
    ? [
        'format=gbrp',
        `zscale=tin=${transfer}:${from}:t=linear:npl=${REFERENCE_WHITE}:m=gbr:r=pc`,
        'format=gbrpf32le',
        'zscale=p=bt709:m=gbr',
        'tonemap=mobius',
        `zscale=${srgb}`,
        'format=gbrp',
      ]
    : [
        'format=gbrp',
        `zscale=tin=${TRANSFERS.has(transfer) ? transfer : USUAL_TRANSFER}:${from}:p=bt709:${srgb}`,
        'format=gbrp',
      ];
  return { filter: `,${steps.join(',')}` };
}
