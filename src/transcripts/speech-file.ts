import { Readable } from 'node:stream';
import type { Speech } from './transcription-server.ts';

// What is sent: WAV, 16 kHz, mono, 16 bits, without metadata, as `convertToSpeech` in src/preview writes it.

const HEADER_BYTES = 44;
const SAMPLES_PER_SECOND = 16_000;
const BYTES_PER_SAMPLE = 2;

/** The size of a file of so many seconds, in bytes. */
export function speechBytes(seconds: number): number {
  return HEADER_BYTES + seconds * SAMPLES_PER_SECOND * BYTES_PER_SAMPLE;
}

/** A second of silence: it shows whether the server answers at all. */
export function silence(): Speech {
  const byteSize = speechBytes(1);
  const file = Buffer.alloc(byteSize);
  file.write('RIFF', 0);
  file.writeUInt32LE(byteSize - 8, 4);
  file.write('WAVEfmt ', 8);
  // Of the format that follows: PCM, one channel.
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  file.writeUInt32LE(SAMPLES_PER_SECOND * BYTES_PER_SAMPLE, 28);
  file.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  file.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  file.write('data', 36);
  file.writeUInt32LE(byteSize - HEADER_BYTES, 40);
  return { byteSize, open: () => Readable.from([file]) };
}
