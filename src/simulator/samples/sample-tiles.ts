import { samplePalette } from './sample-palette.ts';
import { createSampleRandom } from './sample-random.ts';

const TILE = 96;
const COLUMNS = 6;
const ROWS = 5;

/** An SVG of a floor of quarter-circle tiles. */
export function tilesSvg(seed: number): string {
  const { accent, hills, sky } = samplePalette(seed + 5);
  const random = createSampleRandom(seed);
  const colors = [accent, hills[1], hills[3], sky[0], sky[1]] as const;
  let tiles = '';
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      const corner = Math.floor(random.between(0, 4)) * 90;
      const place = `translate(${column * TILE} ${row * TILE}) rotate(${corner} ${TILE / 2} ${TILE / 2})`;
      tiles +=
        `<g transform="${place}"><rect width="${TILE}" height="${TILE}" fill="${sky[2]}"/>` +
        `<path d="M0 0H${TILE}A${TILE} ${TILE} 0 0 1 0 ${TILE}Z" fill="${random.pick(colors)}"/>` +
        `<path d="M0 0H48A48 48 0 0 1 0 48Z" fill="${random.pick(colors)}"/></g>`;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${TILE * COLUMNS}" height="${TILE * ROWS}">${tiles}</svg>`;
}
