import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);

const contactDetails = z.object({
  name: text,
  organization: text.exactOptional(),
  /** At most 5. */
  phones: z.array(text),
  /** At most 5. */
  emails: z.array(text),
});

const eventDetails = z.object({
  summary: text,
  /** ISO 8601: with Z or an offset, without one for floating times; a date for all-day events. */
  start: text.exactOptional(),
  end: text.exactOptional(),
  /** Of `start` and `end`, if the file names one, such as `Europe/Berlin`. */
  timeZone: text.exactOptional(),
  location: text.exactOptional(),
});

/**
 * Facts from the bytes of an attachment, as the API returns them under `details`. Only those that were found
 * are present. Texts are untrusted, and shortened to 200 characters each.
 */
export const mediaDetails = z.object({
  /** Of video, audio and animations, as the file claims. */
  durationSeconds: z.number().exactOptional(),
  /** Of an animation. */
  frames: count.exactOptional(),
  /** Of a PDF, or of a TIFF with several pictures. */
  pages: count.exactOptional(),
  /** Whether a PDF needs a password. */
  encrypted: z.boolean().exactOptional(),
  videoCodec: text.exactOptional(),
  audioCodec: text.exactOptional(),
  /**
   * When a picture was taken, ISO 8601; without a UTC offset when the camera did not write one. Absent
   * when the time is not plausible.
   */
  takenAt: text.exactOptional(),
  /** Make and model. */
  camera: text.exactOptional(),
  /** Where a picture was taken, in degrees; only with EXTRACT_LOCATION. */
  location: z.object({ latitude: z.number(), longitude: z.number() }).exactOptional(),
  /** How many contacts are in the file. */
  contactCount: count.exactOptional(),
  /** The first of them, at most 10. */
  contacts: z.array(contactDetails).exactOptional(),
  /** How many events are in the file. */
  eventCount: count.exactOptional(),
  /** The first of them, at most 10. */
  events: z.array(eventDetails).exactOptional(),
  /** Of a text: the encoding that was detected, as the WHATWG names it. */
  encoding: text.exactOptional(),
  /** Of a text. */
  lineCount: count.exactOptional(),
});

export type MediaDetails = z.output<typeof mediaDetails>;
export type ContactDetails = z.output<typeof contactDetails>;
export type EventDetails = z.output<typeof eventDetails>;
