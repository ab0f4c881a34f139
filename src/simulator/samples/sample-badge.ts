import { samplePalette } from './sample-palette.ts';

const SIZE = 640;

/** An SVG of a sticker, a smiling sun with a white border, on a transparent ground. */
export function badgeSvg(seed: number): string {
  const { accent, hills } = samplePalette(seed);
  const rays = 14;
  const star = (outer: number, inner: number): string =>
    Array.from({ length: rays * 2 }, (_, index) => {
      const radius = index % 2 === 0 ? outer : inner;
      const angle = (index * Math.PI) / rays;
      const x = SIZE / 2 + radius * Math.sin(angle);
      const y = SIZE / 2 - radius * Math.cos(angle);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    }).join(' ');
  const joined = 'stroke-linejoin="round"';

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}">
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
