import { samplePalette } from './sample-palette.ts';
import { createSampleRandom, type SampleRandom } from './sample-random.ts';

/** The size of the landscape, in pixels. */
export const LANDSCAPE_SIZE = { width: 1600, height: 1200 } as const;

const { width, height } = LANDSCAPE_SIZE;

/** An SVG of hills behind hills under a low sun, with clouds, birds and firs. */
export function landscapeSvg(seed: number): string {
  const palette = samplePalette(seed);
  const random = createSampleRandom(seed);
  const sunX = random.between(width * 0.25, width * 0.75);
  const sunY = random.between(height * 0.3, height * 0.42);

  const hills = palette.hills.map((color, index) => {
    const base = height * (0.5 + index * 0.105);
    const line = ridge(random, base, 120 - index * 12, 3 + index * 0.6);
    return (
      `<path fill="url(#hill${index})" d="${closed(line)}"/>` +
      (index >= 3 ? `<path fill="${color}" d="${firs(random, line, index)}"/>` : '')
    );
  });
  const hillGradients = palette.hills.map((color, index) => {
    const mist = palette.hills[index - 1] ?? palette.sky[2];
    return (
      `<linearGradient id="hill${index}" x1="0" y1="0" x2="0" y2="1">` +
      `<stop offset="0" stop-color="${color}"/><stop offset=".45" stop-color="${color}"/>` +
      `<stop offset="1" stop-color="${mist}"/></linearGradient>`
    );
  });

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2=".65">
        <stop offset="0" stop-color="${palette.sky[0]}"/>
        <stop offset=".6" stop-color="${palette.sky[1]}"/>
        <stop offset="1" stop-color="${palette.sky[2]}"/>
      </linearGradient>
      <radialGradient id="glow">
        <stop offset="0" stop-color="${palette.sun}" stop-opacity=".95"/>
        <stop offset=".25" stop-color="${palette.sun}" stop-opacity=".35"/>
        <stop offset="1" stop-color="${palette.sun}" stop-opacity="0"/>
      </radialGradient>
      <radialGradient id="cloud">
        <stop offset="0" stop-color="#fff" stop-opacity=".5"/>
        <stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </radialGradient>
      ${hillGradients.join('')}
    </defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/>
    <circle cx="${sunX}" cy="${sunY}" r="520" fill="url(#glow)"/>
    <circle cx="${sunX}" cy="${sunY}" r="74" fill="${palette.sun}"/>
    ${clouds(random)}
    ${birds(random, palette.hills[3])}
    ${hills.join('\n')}
  </svg>`;
}

type Line = readonly (readonly [x: number, y: number])[];

function ridge(random: SampleRandom, base: number, rise: number, waves: number): Line {
  const octaves = [1, 2.1, 4.3, 9.7, 21].map((factor) => ({
    frequency: (waves * factor * Math.PI) / width,
    phase: random.between(0, 2 * Math.PI),
    rise: rise / factor ** 1.15,
  }));
  return Array.from({ length: width / 8 + 1 }, (_, step) => {
    const x = step * 8;
    const y = octaves.reduce(
      (sum, wave) => sum + Math.sin(x * wave.frequency + wave.phase) * wave.rise,
      base,
    );
    return [x, y] as const;
  });
}

function closed(line: Line): string {
  const points = line.map(([x, y]) => `${x} ${y.toFixed(1)}`).join('L');
  return `M0 ${height}L${points}L${width} ${height}Z`;
}

function firs(random: SampleRandom, line: Line, index: number): string {
  const size = index === 3 ? 34 : 92;
  const trees = line.flatMap(([x, y]) => {
    if (random.between(0, 1) > 0.42) return [];
    const tall = size * random.between(0.55, 1.25);
    const wide = tall * random.between(0.17, 0.24);
    const foot = y + 10;
    return [0, 0.28, 0.52].map((start) => {
      const top = foot - tall * (1 - start);
      const half = wide * (0.5 + start);
      const bottom = foot - tall * (0.52 - start);
      return `M${x} ${top.toFixed(1)}L${x + half} ${bottom.toFixed(1)}L${x - half} ${bottom.toFixed(1)}Z`;
    });
  });
  return trees.join('');
}

function clouds(random: SampleRandom): string {
  return Array.from({ length: 7 }, () => {
    const x = random.between(0, width);
    const y = random.between(height * 0.06, height * 0.34);
    const long = random.between(140, 340);
    return [-0.6, -0.1, 0.5]
      .map((shift) => {
        const cx = x + shift * long;
        const cy = y + random.between(-14, 14);
        return `<ellipse cx="${cx}" cy="${cy}" rx="${long}" ry="${long * 0.11}" fill="url(#cloud)"/>`;
      })
      .join('');
  }).join('');
}

function birds(random: SampleRandom, color: string): string {
  const centerX = random.between(width * 0.2, width * 0.8);
  const flock = Array.from({ length: 7 }, () => {
    const x = centerX + random.between(-170, 170);
    const y = height * 0.24 + random.between(-60, 60);
    const span = random.between(9, 17);
    return `M${x - span} ${y - span * 0.3}q${span * 0.6} ${-span * 0.4} ${span} ${span * 0.3}q${span * 0.4} ${-span * 0.7} ${span} ${-span * 0.3}`;
  });
  return `<path d="${flock.join('')}" fill="none" stroke="${color}" stroke-width="3" stroke-linecap="round"/>`;
}
