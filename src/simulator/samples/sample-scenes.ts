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

/** The size of the upright picture, in pixels. */
const BALLOONS_SIZE = { width: 1200, height: 1600 } as const;

const { width, height } = BALLOONS_SIZE;
const GORES = 7;

/** An upright SVG of hot-air balloons: a wrong orientation is easy to see. */
export function balloonsSvg(seed: number): string {
  const palette = samplePalette(seed + 1);
  const random = createSampleRandom(seed);
  const big = { x: random.between(480, 720), y: 560, radius: 300 };
  const small = [
    { x: random.between(150, 280), y: random.between(900, 1040), radius: 96 },
    { x: random.between(930, 1060), y: random.between(980, 1100), radius: 68 },
    { x: random.between(960, 1090), y: random.between(190, 300), radius: 46 },
  ];
  const far = `M0 1330q200 -120 420 -40t420 -60t360 40V${height}H0Z`;
  const near = `M0 1450q260 -110 560 -20t640 -40V${height}H0Z`;

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="${palette.sky[0]}"/>
        <stop offset=".55" stop-color="${palette.sky[1]}"/>
        <stop offset=".9" stop-color="${palette.sky[2]}"/>
      </linearGradient>
      <radialGradient id="shade" cx=".36" cy=".3" r=".8">
        <stop offset="0" stop-color="#fff" stop-opacity=".38"/>
        <stop offset=".5" stop-color="#fff" stop-opacity="0"/>
        <stop offset="1" stop-color="#101030" stop-opacity=".45"/>
      </radialGradient>
      <radialGradient id="cloud">
        <stop offset="0" stop-color="#fff" stop-opacity=".75"/>
        <stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/>
    <g fill="url(#cloud)">
      <ellipse cx="220" cy="330" rx="330" ry="52"/><ellipse cx="980" cy="720" rx="380" ry="60"/>
      <ellipse cx="330" cy="1180" rx="460" ry="70"/><ellipse cx="860" cy="1250" rx="420" ry="48"/>
    </g>
    ${small.map((place, index) => balloon(place, [palette.hills[index] ?? '#fff', '#fdf6ec'])).join('')}
    ${balloon(big, [palette.accent, '#fff6e5'])}
    <path d="${far}" fill="${palette.hills[2]}"/>
    <path d="${near}" fill="${palette.hills[4]}"/>
  </svg>`;
}

function balloon(
  { x, y, radius: r }: { x: number; y: number; radius: number },
  colors: readonly [string, string],
): string {
  const gore = (half: number): string =>
    `M${x} ${y - r}C${x - half * 1.34} ${y - r} ${x - half * 1.2} ${y + r * 0.42} ${x - half * 0.2} ${y + r * 1.2}` +
    `H${x + half * 0.2}C${x + half * 1.2} ${y + r * 0.42} ${x + half * 1.34} ${y - r} ${x} ${y - r}Z`;
  // From the outside in: each narrower shape leaves a visible stripe of the previous one on both sides.
  const gores = Array.from({ length: GORES }, (_, index) => {
    const half = r * Math.cos((index / GORES) * (Math.PI / 2));
    return `<path d="${gore(half)}" fill="${colors[index % 2]}"/>`;
  });
  const basketTop = y + r * 1.52;
  const ropes = [-0.18, 0.18].map(
    (side) => `M${x + r * side} ${y + r * 1.2}L${x + r * side * 0.8} ${basketTop}`,
  );
  return `${gores.join('')}<path d="${gore(r)}" fill="url(#shade)"/>
    <path d="${ropes.join('')}" stroke="#3a2a22" stroke-width="${r * 0.014}"/>
    <rect x="${x - r * 0.16}" y="${basketTop}" width="${r * 0.32}" height="${r * 0.22}" rx="${r * 0.05}" fill="#7b4f32"/>
    <rect x="${x - r * 0.18}" y="${basketTop}" width="${r * 0.36}" height="${r * 0.06}" rx="${r * 0.03}" fill="#54341f"/>`;
}

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
