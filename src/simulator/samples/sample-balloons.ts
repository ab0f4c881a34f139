import { samplePalette } from './sample-palette.ts';
import { createSampleRandom } from './sample-random.ts';

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
