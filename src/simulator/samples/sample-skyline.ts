import { samplePalette } from './sample-palette.ts';
import { createSampleRandom } from './sample-random.ts';

const WIDTH = 1280;
const HEIGHT = 860;
const SHORE = 640;

/** An SVG of a town with lit windows, mirrored in the water. */
export function skylineSvg(seed: number): string {
  const palette = samplePalette(seed + 3);
  const random = createSampleRandom(seed);
  const rows = [
    { color: palette.hills[2], low: 190, high: 400, lit: 0.12 },
    { color: palette.hills[4], low: 90, high: 300, lit: 0.34 },
  ];
  const town = rows.map(({ color, low, high, lit }) => {
    let houses = '';
    let windows = '';
    for (let x = -20; x < WIDTH; ) {
      const width = random.between(54, 128);
      const top = SHORE - random.between(low, high);
      houses += `<path d="M${x} ${SHORE}V${top}h${width}V${SHORE}Z"/>`;
      if (random.between(0, 1) < 0.25) {
        houses += `<path d="M${x + width / 2 - 3} ${top}l3 -46l3 46Z"/>`;
      }
      for (let wy = top + 16; wy < SHORE - 24; wy += 26) {
        for (let wx = x + 12; wx < x + width - 16; wx += 20) {
          if (random.between(0, 1) < lit)
            windows += `<rect x="${wx}" y="${wy}" width="9" height="13"/>`;
        }
      }
      x += width + random.between(-6, 16);
    }
    return `<g fill="${color}">${houses}</g><g fill="#ffe3a3">${windows}</g>`;
  });
  const ripples = Array.from({ length: 70 }, () => {
    const y = random.between(SHORE + 8, HEIGHT - 8);
    const width = random.between(30, 190);
    const x = random.between(-50, WIDTH);
    return `<rect x="${x}" y="${y}" width="${width}" height="2.5" rx="1.2"/>`;
  }).join('');
  const moonX = random.between(240, 1040);

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="${palette.sky[0]}"/><stop offset=".7" stop-color="${palette.sky[1]}"/>
        <stop offset="1" stop-color="${palette.sky[2]}"/>
      </linearGradient>
      <linearGradient id="water" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="${palette.sky[1]}" stop-opacity=".35"/>
        <stop offset="1" stop-color="${palette.hills[4]}" stop-opacity=".92"/>
      </linearGradient>
      <g id="town">${town.join('')}</g>
    </defs>
    <rect width="${WIDTH}" height="${SHORE}" fill="url(#sky)"/>
    <circle cx="${moonX}" cy="150" r="110" fill="${palette.sun}" fill-opacity=".16"/>
    <circle cx="${moonX}" cy="150" r="62" fill="${palette.sun}"/>
    <use href="#town"/>
    <g transform="translate(0 ${SHORE * 2}) scale(1 -1)">
      <rect y="${SHORE - (HEIGHT - SHORE)}" width="${WIDTH}" height="${HEIGHT - SHORE}" fill="url(#sky)"/>
      <use href="#town"/>
    </g>
    <rect y="${SHORE}" width="${WIDTH}" height="${HEIGHT - SHORE}" fill="url(#water)"/>
    <g fill="${palette.sky[2]}" fill-opacity=".28">${ripples}</g>
  </svg>`;
}
