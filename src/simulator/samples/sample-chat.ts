import { samplePalette } from './sample-palette.ts';
import { createSampleRandom, type SampleRandom } from './sample-random.ts';

const WIDTH = 780;
const HEIGHT = 1560;
const MARGIN = 32;
const LINE = 40;

/**
 * An SVG that looks like a screenshot of a chat on a phone. Words are drawn as bars: text would
 * depend on the installed fonts.
 */
export function chatSvg(seed: number): string {
  const palette = samplePalette(seed);
  const random = createSampleRandom(seed);
  const bubbles: string[] = [];
  let y = 250;
  let mine = false;
  while (y < HEIGHT - 340) {
    const bubble =
      bubbles.length === 2
        ? picture(y, palette.sky, palette.hills)
        : words(random, y, mine ? palette.hills[2] : '#ffffff', mine);
    bubbles.push(bubble.svg);
    y += bubble.height + 26;
    mine = random.between(0, 1) < 0.2 ? mine : !mine;
  }

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="${WIDTH}" height="${HEIGHT}" fill="#eef0f5"/>
    ${bubbles.join('')}
    ${header(palette.accent)}
    ${composer(palette.hills[2])}
  </svg>`;
}

interface Bubble {
  svg: string;
  height: number;
}

function words(random: SampleRandom, y: number, color: string, mine: boolean): Bubble {
  const lines = Math.floor(random.between(1, 4));
  const width = lines > 1 ? random.between(400, 540) : random.between(170, 420);
  const height = 48 + lines * LINE;
  const x = mine ? WIDTH - MARGIN - width : MARGIN;
  const ink = mine ? '#ffffff' : '#8b91a1';
  const bars = Array.from({ length: lines }, (_, line) => {
    const room = width - 64;
    const end = line === lines - 1 && lines > 1 ? room * random.between(0.3, 0.8) : room;
    let left = 0;
    let row = '';
    while (left < end - 24) {
      const word = Math.min(random.between(28, 120), end - left);
      row += `<rect x="${x + 32 + left}" y="${y + 36 + line * LINE}" width="${word}" height="16" rx="8"/>`;
      left += word + 14;
    }
    return row;
  });
  const corner = mine ? x + width - 36 : x;
  return {
    height,
    svg:
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="36" fill="${color}"/>` +
      `<rect x="${corner}" y="${y + height - 36}" width="36" height="36" rx="8" fill="${color}"/>` +
      `<g fill="${ink}" fill-opacity=".8">${bars.join('')}</g>`,
  };
}

function picture(y: number, sky: readonly string[], hills: readonly string[]): Bubble {
  const width = 470;
  const height = 310;
  return {
    height,
    svg: `<svg x="${MARGIN}" y="${y}" width="${width}" height="${height}" viewBox="0 0 470 310">
      <defs>
        <clipPath id="frame"><rect width="470" height="310" rx="36"/></clipPath>
        <linearGradient id="dusk" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="${sky[0]}"/><stop offset=".6" stop-color="${sky[1]}"/>
          <stop offset="1" stop-color="${sky[2]}"/>
        </linearGradient>
      </defs>
      <g clip-path="url(#frame)">
        <rect width="470" height="310" fill="url(#dusk)"/>
        <circle cx="330" cy="110" r="34" fill="#fff7df"/>
        <path d="M0 220L110 120L180 185L260 100L400 215L470 170V310H0Z" fill="${hills[1]}"/>
        <path d="M0 260q120 -70 240 -10t230 -30V310H0Z" fill="${hills[3]}"/>
      </g>
    </svg>`,
  };
}

function header(accent: string): string {
  return `<rect width="${WIDTH}" height="206" fill="#ffffff"/>
    <rect y="205" width="${WIDTH}" height="2" fill="#dfe2ea"/>
    <g fill="#20242f">
      <rect x="44" y="30" width="74" height="18" rx="9"/>
      <rect x="566" y="40" width="7" height="10" rx="2"/><rect x="577" y="34" width="7" height="16" rx="2"/>
      <rect x="588" y="28" width="7" height="22" rx="2"/>
      <path d="M612 36a22 22 0 0 1 32 0l-16 16Z"/>
      <rect x="662" y="28" width="48" height="22" rx="6" fill="none" stroke="#20242f" stroke-width="3"/>
      <rect x="667" y="33" width="30" height="12" rx="2"/><rect x="712" y="34" width="4" height="10" rx="2"/>
    </g>
    <path d="M60 112l-22 24l22 24" fill="none" stroke="${accent}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>
    <circle cx="140" cy="136" r="42" fill="${accent}"/>
    <circle cx="140" cy="124" r="15" fill="#fff"/><path d="M112 162a28 24 0 0 1 56 0Z" fill="#fff"/>
    <rect x="206" y="112" width="210" height="22" rx="11" fill="#20242f"/>
    <rect x="206" y="148" width="120" height="14" rx="7" fill="#a4a9b6"/>
    <g fill="${accent}"><circle cx="690" cy="136" r="5"/><circle cx="710" cy="136" r="5"/><circle cx="730" cy="136" r="5"/></g>`;
}

function composer(color: string): string {
  const top = HEIGHT - 150;
  return `<rect y="${top}" width="${WIDTH}" height="150" fill="#ffffff"/>
    <rect y="${top}" width="${WIDTH}" height="2" fill="#dfe2ea"/>
    <path d="M58 ${top + 38}v44m-22 -22h44" stroke="#8b91a1" stroke-width="6" stroke-linecap="round"/>
    <rect x="104" y="${top + 22}" width="560" height="76" rx="38" fill="#eef0f5"/>
    <rect x="138" y="${top + 52}" width="170" height="16" rx="8" fill="#b6bac6"/>
    <circle cx="716" cy="${top + 60}" r="38" fill="${color}"/>
    <path d="M702 ${top + 42}l34 18l-34 18l5 -18Z" fill="#fff"/>
    <rect x="270" y="${HEIGHT - 28}" width="240" height="8" rx="4" fill="#20242f"/>`;
}
