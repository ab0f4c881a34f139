import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PreviewResult } from '../../../../src/preview/preview-result.ts';
import { fixturePath } from '../../../support/fixtures.ts';
import { writePdf } from '../../../support/pdf-file.ts';
import {
  type BytesPreviews,
  expectColours,
  startBytesPreviews,
  WHITE,
} from '../../../support/shown-colours.ts';

let previews: BytesPreviews;
beforeAll(async () => {
  previews = await startBytesPreviews();
});
afterAll(() => previews.stop());

/** Which parts of the page have a colour that is neither white nor grey: rows of columns of thirds. */
async function colouredParts({ files }: PreviewResult): Promise<string[]> {
  const { path } = files.find(({ size }) => size === 'large') ?? {};
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const found = new Set<string>();
  for (let n = 0; n < info.width * info.height; n += 1) {
    const [red = 0, green = 0, blue = 0] = data.subarray(n * info.channels);
    if (Math.max(red, green, blue) - Math.min(red, green, blue) < 200) continue;
    const high = Math.floor(n / info.width) < info.height / 2 ? 'top' : 'bottom';
    found.add(`${high} ${n % info.width < info.width / 2 ? 'left' : 'right'}`);
  }
  return [...found].sort();
}

test('what was filled in is shown: texts, choices, ticks', async () => {
  const text = '/FT /Tx /T (a) /V (MM) /DA (/F 60 Tf 1 0 0 rg) /Rect [10 110 140 190]';
  const choice =
    '/FT /Ch /Ff 131072 /T (b) /V (two) /Opt [(one) (two)] /DA (/F 30 Tf 0 0 1 rg) /Rect [20 20 140 90]';
  const tick =
    '/FT /Btn /T (c) /V /Yes /AS /Yes /MK << /CA (4) >> /DA (/ZaDb 40 Tf 0 1 0 rg) /Rect [200 20 260 80]';
  const rows: [string, string[]][] = [
    [text, ['top left']],
    [choice, ['bottom left']],
    [tick, ['bottom right']],
  ];
  for (const [field, parts] of rows) {
    const result = await previews.ofBytes(writePdf([field]));
    expect(result).toMatchObject({ kind: 'pdf', reason: null });
    expect(await colouredParts(result)).toEqual(parts);
  }
});

test('an empty form and a page without one are blank', async () => {
  for (const fields of [['/FT /Tx /T (a) /Rect [10 110 140 190]'], []]) {
    const result = await previews.ofBytes(writePdf(fields));
    expect(await colouredParts(result)).toEqual([]);
    await expectColours(result, [[0.9, 0.9, WHITE]]);
  }
});

test.each([
  ['a line feed', '\n'],
  ['what a printer wants', '\u001b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n'],
  ['1,000 bytes of another kind', `${'\u0001'.repeat(999)}\n`],
])('a document behind %s is one', async (_, before) => {
  const document = await readFile(fixturePath('document.pdf'));
  const result = await previews.ofBytes(Buffer.concat([Buffer.from(before, 'latin1'), document]));
  expect(result).toMatchObject({ kind: 'pdf', reason: null, details: { pages: 2 } });
  await expectColours(result, [[0.5, 0.55, [220, 38, 38]]]);
});

test('a text about PDF is a text', async () => {
  const result = await previews.ofBytes(Buffer.from('A PDF begins with %PDF-1.7, they say.\n'));
  expect(result).toMatchObject({ kind: 'text', reason: null });
});
