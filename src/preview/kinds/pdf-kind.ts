import { readFile } from 'node:fs/promises';
import { asError } from '../../errors/caught.ts';
import {
  type PreviewKind,
  type PreviewSource,
  type Rendered,
  UndecodableError,
} from '../preview-kind.ts';
import { PREVIEW_SIZES } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { drawCard } from './card.ts';
import { fileSize } from './format-text.ts';
import { freePixels, fromPicture, toPicture } from './picture.ts';

// Points are 1/72 inch; a tiny page is enlarged this much at the most.
const MAX_SCALE = 4;

/** One page of a PDF, by default the first, rendered by PDFium, which WebAssembly confines to its own memory. */
export const pdfKind: PreviewKind = {
  name: 'pdf',
  types: new Set(PREVIEW_TYPES.pdf),
  async probe() {
    (await loadLibrary()).destroy();
    return null;
  },
  async render(source) {
    const library = await loadLibrary();
    try {
      return await renderPage(await library.loadDocument(await readFile(source.path)), source);
    } catch (error) {
      // Only the error message distinguishes an encrypted document from a damaged one.
      if (/password/i.test(asError(error).message)) return lockedCard(source);
      throw error;
    } finally {
      library.destroy();
    }
  },
};

/** A new instance for each document, so that a malicious one cannot affect the next. */
async function loadLibrary() {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  return PDFiumLibrary.init();
}

type PdfDocument = Awaited<ReturnType<Awaited<ReturnType<typeof loadLibrary>>['loadDocument']>>;

async function renderPage(
  document: PdfDocument,
  { page: number = 1, longestSide = PREVIEW_SIZES.large }: PreviewSource,
): Promise<Rendered> {
  const pages = document.getPageCount();
  if (pages < 1) throw new UndecodableError('The document has no pages');
  if (number > pages) throw new UndecodableError('The document has no such page');
  const page = document.getPage(number - 1);
  const { originalWidth, originalHeight } = page.getOriginalSize();
  const longest = Math.max(originalWidth, originalHeight);
  if (!(longest > 0)) throw new UndecodableError('The page has no size');
  const { data, width, height } = await page.render({
    scale: Math.min(MAX_SCALE, longestSide / longest),
    render: 'bitmap',
    // Filled-in form values are rendered separately from the page.
    renderFormFields: true,
  });
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const bitmap = fromPicture({ pixels, width, height, channels: 4 });
  const picture = await toPicture(bitmap.removeAlpha());
  freePixels(pixels);
  return {
    kind: 'pdf',
    picture,
    size: null,
    details: { pages, encrypted: false },
  };
}

async function lockedCard({ byteSize }: PreviewSource): Promise<Rendered> {
  return {
    kind: 'pdf',
    picture: await drawCard({
      badge: 'PDF',
      colour: '#b91c1c',
      title: 'Locked document',
      lines: ['It needs a password to be read', fileSize(byteSize)],
    }),
    size: null,
    details: { encrypted: true },
    reason: 'The document is encrypted and needs a password',
  };
}
