// An ICC profile [ICC.1:2022]: a header of 128 bytes, then a count and a table of tags with 12 bytes each.
const HEADER_BYTES = 128;
const ENTRY_BYTES = 12;
const MAX_TAGS = 100;
const COLORANTS = ['rXYZ', 'gXYZ', 'bXYZ'];
const FIXED_ONE = 65_536;

// XYZ (D50) to linear sRGB, http://www.brucelindbloom.com/index.html?Eqn_RGB_XYZ_Matrix.html
const TO_SRGB = [
  [3.1339, -1.6169, -0.4906],
  [-0.9788, 1.9161, 0.0335],
  [0.0719, -0.229, 1.4052],
] as const;
// Profiles of sRGB differ by rounding; the green of Display P3 is at -0.22.
const TOLERANCE = 0.05;

/**
 * Whether the primary colours of an ICC profile lie outside sRGB.
 *
 * @returns false also for profiles without primary colours, such as grey and CMYK, and for damaged ones
 */
export function hasWideGamut(profile: Buffer): boolean {
  const colorants = readColorants(profile);
  return colorants.some((xyz) =>
    TO_SRGB.some((row) => row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2] < -TOLERANCE),
  );
}

type Xyz = [x: number, y: number, z: number];

function readColorants(profile: Buffer): Xyz[] {
  if (profile.length < HEADER_BYTES + 4 || profile.toString('latin1', 16, 20) !== 'RGB ') return [];
  const count = Math.min(profile.readUInt32BE(HEADER_BYTES), MAX_TAGS);
  const found: Xyz[] = [];
  for (let n = 0; n < count; n += 1) {
    const at = HEADER_BYTES + 4 + n * ENTRY_BYTES;
    if (at + ENTRY_BYTES > profile.length) break;
    const value = profile.readUInt32BE(at + 4);
    const isColorant = COLORANTS.includes(profile.toString('latin1', at, at + 4));
    // Type signature and a reserved word, then three s15Fixed16 numbers.
    if (!isColorant || value + 20 > profile.length) continue;
    const number = (index: number) => profile.readInt32BE(value + 8 + 4 * index) / FIXED_ONE;
    found.push([number(0), number(1), number(2)]);
  }
  return found;
}
