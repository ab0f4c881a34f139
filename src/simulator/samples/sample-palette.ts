/** The colours of a scene, as CSS colours: from the top of the sky down to the nearest hill. */
interface SamplePalette {
  sky: readonly [string, string, string];
  sun: string;
  /** From the farthest range to the nearest. */
  hills: readonly [string, string, string, string, string];
  accent: string;
}

const PALETTES: readonly [SamplePalette, ...SamplePalette[]] = [
  {
    sky: ['#2b3a67', '#e0787a', '#ffd29a'],
    sun: '#fff1c9',
    hills: ['#c98a8c', '#9a6a80', '#6b4c6e', '#43365a', '#241f3a'],
    accent: '#ff8c61',
  },
  {
    sky: ['#3f8fd2', '#8fc7ee', '#e6f4f8'],
    sun: '#fffbe6',
    hills: ['#a9c9d6', '#7fb09e', '#56916b', '#37704c', '#1f4a35'],
    accent: '#f7b32b',
  },
  {
    sky: ['#0c1a3a', '#1f4068', '#4f7ca0'],
    sun: '#f2f6ff',
    hills: ['#3f6584', '#2d4d6b', '#1f3953', '#14273c', '#0a1625'],
    accent: '#8be0d4',
  },
  {
    sky: ['#5c4b8a', '#c77d9e', '#fcd5ce'],
    sun: '#fff4e3',
    hills: ['#d7a6b3', '#b07a9c', '#835b8a', '#57436f', '#33294c'],
    accent: '#ffb4a2',
  },
  {
    sky: ['#e9a04c', '#f6c87b', '#fdeec7'],
    sun: '#ffffff',
    hills: ['#e3b27a', '#cc8a55', '#a86440', '#7a4430', '#4a2820'],
    accent: '#d1495b',
  },
  {
    sky: ['#127475', '#6cc1b3', '#f2f0d0'],
    sun: '#fffde8',
    hills: ['#a3cbb4', '#6fa591', '#447f74', '#285c5a', '#123b3f'],
    accent: '#f2545b',
  },
];

/** The palette of a seed; six palettes alternate. */
export function samplePalette(seed: number): SamplePalette {
  return PALETTES[Math.abs(Math.trunc(seed)) % PALETTES.length] ?? PALETTES[0];
}
