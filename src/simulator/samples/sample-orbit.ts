import { samplePalette } from './sample-palette.ts';
import { createSampleRandom } from './sample-random.ts';

/** Pictures in one turn of the animation. */
export const ORBIT_FRAMES = 16;

const SIZE = 360;

/** The SVGs of an animation without a seam: planets going round a star. */
export function orbitSvgs(seed: number): string[] {
  const { accent, hills, sun, sky } = samplePalette(seed);
  const random = createSampleRandom(seed);
  const stars = Array.from({ length: 36 }, () => {
    const [x, y] = [random.between(8, SIZE - 8), random.between(8, SIZE - 8)];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${random.between(0.7, 2).toFixed(1)}"/>`;
  }).join('');
  // Whole turns per loop, or the last picture would not lead back to the first.
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
      const x = SIZE / 2 + distance * Math.cos(start + turn * turns);
      const y = SIZE / 2 + distance * Math.sin(start + turn * turns);
      return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${color}"/>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}">
      <rect width="${SIZE}" height="${SIZE}" fill="#10142b"/>
      <g fill="#cfd6ff">${stars}</g>
      <g fill="none" stroke="#3a4270" stroke-width="1.5">${rings}</g>
      <circle cx="180" cy="180" r="${40 + 3 * Math.sin(turn)}" fill="#ffd166"/>
      <circle cx="180" cy="180" r="31" fill="${sun}"/>
      ${bodies.join('')}
    </svg>`;
  });
}
