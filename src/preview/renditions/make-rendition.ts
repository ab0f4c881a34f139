import { access, constants } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../errors/caught.ts';
import { syncPath } from '../../files/folder-sync.ts';
import { isSystemError } from '../make-preview.ts';
import { type PreviewSource, reasonOf } from '../preview-kind.ts';
import { convertAudio, convertSpeech, convertVideo } from './convert-recording.ts';
import { convertText } from './convert-text.ts';
import type { ConversionName, Converted, RenditionResult } from './rendition-types.ts';
import { writePicture } from './write-picture.ts';

/** A file, and what to make of it. */
export interface RenditionRequest
  extends Pick<
    PreviewSource,
    'path' | 'contentType' | 'byteSize' | 'scratchFolder' | 'mostSeconds'
  > {
  name: ConversionName;
  /** From 1. */
  page: number;
}

/** Converts to the file at `toPath`. @returns null when the original needs no conversion */
export type Convert = (source: PreviewSource, toPath: string) => Promise<Converted | null>;

const CONVERTERS: Readonly<Record<ConversionName, Convert>> = {
  picture: writePicture,
  audio: convertAudio,
  video: convertVideo,
  text: convertText,
  speech: convertSpeech,
};

// Previews of what has just arrived go first.
const LOWEST_PRIORITY = 19;

/**
 * Makes one rendition, in the scratch folder, and syncs it to disk. Runs only in the preview process.
 *
 * @throws Error when the failure is not caused by the bytes
 */
export async function makeRendition(request: RenditionRequest): Promise<RenditionResult> {
  setPriority(LOWEST_PRIORITY);
  const toPath = join(request.scratchFolder, request.name);
  await access(request.path, constants.R_OK);
  await access(request.scratchFolder, constants.W_OK);
  try {
    const converted = await CONVERTERS[request.name]({ ...request, withLocation: false }, toPath);
    if (converted === null) return { original: true };
    await syncPath(toPath);
    const { contentType, reason = null } = converted;
    return { file: { contentType, reason } };
  } catch (error) {
    if (isDiskFull(error)) {
      throw Object.assign(new Error('The disk is full', { cause: error }), { code: 'ENOSPC' });
    }
    if (isSystemError(error)) throw error;
    // A deletion has removed the folder: whatever the converter reports, the bytes are not at fault.
    await access(request.scratchFolder, constants.W_OK);
    return { reason: reasonOf(error) };
  }
}

// sharp reports the error of the system only in its message.
function isDiskFull(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return codeOf(error) === 'ENOSPC' || /no space left|disk quota/i.test(message);
}
