import { samplePalette } from './sample-palette.ts';
import { createSampleRandom } from './sample-random.ts';

const BADGE_SIZE = 640;

/** An SVG of a sticker, a smiling sun with a white border, on a transparent background. */
export function badgeSvg(seed: number): string {
  const { accent, hills } = samplePalette(seed);
  const rays = 14;
  const star = (outer: number, inner: number): string =>
    Array.from({ length: rays * 2 }, (_, index) => {
      const radius = index % 2 === 0 ? outer : inner;
      const angle = (index * Math.PI) / rays;
      const x = BADGE_SIZE / 2 + radius * Math.sin(angle);
      const y = BADGE_SIZE / 2 - radius * Math.cos(angle);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    }).join(' ');
  const joined = 'stroke-linejoin="round"';

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${BADGE_SIZE}" height="${BADGE_SIZE}">
    <defs>
      <radialGradient id="face" cx=".4" cy=".35" r=".75">
        <stop offset="0" stop-color="#fff3b0"/><stop offset="1" stop-color="#ffc94a"/>
      </radialGradient>
    </defs>
    <polygon points="${star(252, 206)}" fill="#000" fill-opacity=".16" stroke="#000" stroke-opacity=".16" stroke-width="64" ${joined} transform="translate(6 10)"/>
    <polygon points="${star(252, 206)}" fill="#fff" stroke="#fff" stroke-width="64" ${joined}/>
    <polygon points="${star(252, 206)}" fill="${accent}" stroke="${accent}" stroke-width="20" ${joined}/>
    <circle cx="320" cy="320" r="176" fill="url(#face)"/>
    <g fill="${hills[4]}"><ellipse cx="258" cy="290" rx="19" ry="26"/><ellipse cx="382" cy="290" rx="19" ry="26"/></g>
    <g fill="#fff"><circle cx="264" cy="281" r="7"/><circle cx="388" cy="281" r="7"/></g>
    <path d="M238 352a84 84 0 0 0 164 0Z" fill="${hills[4]}"/>
    <path d="M268 404a56 44 0 0 1 104 0a84 84 0 0 1 -104 0Z" fill="#ff7f7f"/>
    <g fill="#ff9a76" fill-opacity=".75"><circle cx="206" cy="344" r="25"/><circle cx="434" cy="344" r="25"/></g>
  </svg>`;
}

/** The number of frames in one loop of the animation. */
const ORBIT_FRAMES = 16;

const ORBIT_SIZE = 360;

/** The frames of a seamless animation, as SVGs: planets orbiting a star. */
export function orbitSvgs(seed: number): string[] {
  const { accent, hills, sun, sky } = samplePalette(seed);
  const random = createSampleRandom(seed);
  const stars = Array.from({ length: 36 }, () => {
    const [x, y] = [random.between(8, ORBIT_SIZE - 8), random.between(8, ORBIT_SIZE - 8)];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${random.between(0.7, 2).toFixed(1)}"/>`;
  }).join('');
  // Whole turns per loop, so that the last frame leads back to the first.
  const planets = [
    { distance: 74, radius: 11, turns: 2, color: hills[1] },
    { distance: 112, radius: 17, turns: 1, color: accent },
    { distance: 152, radius: 13, turns: -1, color: sky[1] },
  ].map((planet) => ({ ...planet, start: random.between(0, 2 * Math.PI) }));
  const rings = planets
    .map(({ distance }) => `<circle cx="180" cy="180" r="${distance}"/>`)
    .join('');

  return Array.from({ length: ORBIT_FRAMES }, (_, frame) => {
    const turn = (2 * Math.PI * frame) / ORBIT_FRAMES;
    const bodies = planets.map(({ distance, radius, turns, color, start }) => {
      const x = ORBIT_SIZE / 2 + distance * Math.cos(start + turn * turns);
      const y = ORBIT_SIZE / 2 + distance * Math.sin(start + turn * turns);
      return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${color}"/>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${ORBIT_SIZE}" height="${ORBIT_SIZE}">
      <rect width="${ORBIT_SIZE}" height="${ORBIT_SIZE}" fill="#10142b"/>
      <g fill="#cfd6ff">${stars}</g>
      <g fill="none" stroke="#3a4270" stroke-width="1.5">${rings}</g>
      <circle cx="180" cy="180" r="${40 + 3 * Math.sin(turn)}" fill="#ffd166"/>
      <circle cx="180" cy="180" r="31" fill="${sun}"/>
      ${bodies.join('')}
    </svg>`;
  });
}

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
