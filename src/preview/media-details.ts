import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);

const contactDetails = z.object({
  name: text,
  organization: text.exactOptional(),
  phones: z.array(text).describe('At most 5.'),
  emails: z.array(text).describe('At most 5.'),
});

const eventDetails = z.object({
  summary: text,
  start: text
    .exactOptional()
    .describe(
      'ISO 8601: with Z or an offset, without one for floating times; a date for all-day events.',
    ),
  end: text.exactOptional(),
  timeZone: text
    .exactOptional()
    .describe('Of `start` and `end`, if the file names one, such as `Europe/Berlin`.'),
  location: text.exactOptional(),
});

/**
 * Facts from the bytes of an attachment, which the API returns under `details`. Only those that were found
 * are present. Texts are untrusted, and shortened to 200 characters each.
 */
export const mediaDetails = z.object({
  durationSeconds: z
    .number()
    .exactOptional()
    .describe('Of video, audio and animations, as the file claims.'),
  frames: count.exactOptional().describe('Of an animation.'),
  pages: count.exactOptional().describe('Of a PDF, or of a TIFF with several pictures.'),
  encrypted: z.boolean().exactOptional().describe('Whether a PDF needs a password.'),
  videoCodec: text.exactOptional(),
  audioCodec: text.exactOptional(),
  takenAt: text
    .exactOptional()
    .describe(
      'When a picture was taken, ISO 8601; without a UTC offset when the camera did not write one. Absent when the time is not plausible.',
    ),
  camera: text.exactOptional().describe('Make and model.'),
  location: z
    .object({ latitude: z.number(), longitude: z.number() })
    .exactOptional()
    .describe('Where a picture was taken, in degrees; only with EXTRACT_LOCATION.'),
  contactCount: count.exactOptional().describe('How many contacts are in the file.'),
  contacts: z.array(contactDetails).exactOptional().describe('The first of them, at most 10.'),
  eventCount: count.exactOptional().describe('How many events are in the file.'),
  events: z.array(eventDetails).exactOptional().describe('The first of them, at most 10.'),
  encoding: text
    .exactOptional()
    .describe('Of a text: the encoding that was detected, as the WHATWG names it.'),
  lineCount: count.exactOptional().describe('Of a text.'),
});

export type MediaDetails = z.output<typeof mediaDetails>;
export type ContactDetails = z.output<typeof contactDetails>;
export type EventDetails = z.output<typeof eventDetails>;
