import { z } from 'zod';
import {
  MediaState,
  MessageSource,
  Moderation,
  TranscriptState,
} from '../generated/prisma/client.ts';
import { count, time } from '../http/fields.ts';
import { suspicion } from '../inbound/inbound-message.ts';
import { location, messageDetails } from '../inbound/message-details.ts';
import { mediaDetails } from '../preview/media-details.ts';
import { previewKindName } from '../preview/preview-result.ts';
import { RENDITIONS } from '../preview/renditions/rendition-types.ts';
import { scanVerdict } from '../screening/classifier.ts';
import { accountSid, mediaSid, messageSid } from '../twilio/address-fields.ts';

// What the API shows of attachments and messages. Objects are strict in tests; clients should expect new fields.

/** The last decision of a moderator or a rule. */
const decision = z
  .strictObject({
    by: z.string().describe("The name of a key, or `system:` and the rule's name."),
    at: time,
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Decision' });

const pixels = z.int().min(1).describe('In pixels.');
const bytes = count.describe('In bytes.');

const thumbnail = z.strictObject({ width: pixels, height: pixels, byteSize: bytes });

const preview = z
  .strictObject({
    kind: previewKindName,
    reason: z
      .string()
      .nullable()
      .describe('Why it shows less than the whole file; null when it is complete.'),
    thumbhash: z
      .string()
      .nullable()
      .meta({ description: 'ThumbHash, base64.', examples: ['SfcFDwAH2EeHeIeAjYKH2DeIY2AIE5QA'] }),
    sizes: z.strictObject({
      small: thumbnail.exactOptional(),
      medium: thumbnail.exactOptional(),
      large: thumbnail.exactOptional(),
      animated: thumbnail.exactOptional().describe('Of animations.'),
    }),
  })
  .meta({ id: 'Preview' });

const rendition = z
  .strictObject({
    as: z.enum(RENDITIONS),
    page: z.int().min(1).describe('Of a PDF or TIFF, from 1.'),
    pages: z.int().min(1).describe('How many pages can be requested.'),
    state: z
      .enum(['possible', 'pending', 'ready', 'failed'])
      .describe('`possible`: it is made when it is requested. `pending`: it is being made.'),
    reason: z.string().nullable().describe('Why it failed, is late or shows less than expected.'),
  })
  .meta({ id: 'Rendition' });

const transcript = z
  .strictObject({
    state: z.enum(TranscriptState).describe('`pending`: it waits for the transcription server.'),
    text: z
      .string()
      .nullable()
      .describe(
        'Untrusted: what a speech recognizer made of what the sender said. Empty for silence.',
      ),
    language: z.string().nullable().describe('As the server names it, or was told.'),
    reason: z.string().nullable().describe('Why it failed, is late or is incomplete.'),
  })
  .meta({ id: 'Transcript' });

/** `MediaDetails` of src/preview, and what was not found in the bytes alone. */
const itemDetails = mediaDetails
  .extend({
    transcript: transcript.exactOptional().describe('Of a sound, with TRANSCRIBE_URL.'),
  })
  .meta({ id: 'MediaDetails' });

/** Signed URLs that show one media item without a key, until they expire. */
export const mediaLinksSchema = z
  .strictObject({
    expiresAt: time,
    content: z
      .url()
      .nullable()
      .describe('Null when the links strip metadata, and those of this type cannot be removed.'),
    thumbnails: z
      .strictObject({
        small: z.url().exactOptional(),
        medium: z.url().exactOptional(),
        large: z.url().exactOptional(),
        animated: z.url().exactOptional(),
      })
      .nullable()
      .describe('By size; null without a preview.'),
    renditions: z
      .strictObject({
        picture: z.url().exactOptional(),
        audio: z.url().exactOptional(),
        video: z.url().exactOptional(),
        text: z.url().exactOptional(),
      })
      .nullable()
      .describe('By form; null when there can be none. `page` may be added to the URL.'),
  })
  .meta({ id: 'MediaLinks' });

export const mediaItemSchema = z
  .strictObject({
    sid: mediaSid.describe("Twilio's sid; for imports one in the same format."),
    messageSid,
    accountSid,
    index: count.describe('Its place in the message, from 0.'),
    state: z
      .enum(MediaState)
      .describe(
        '`pending`: in progress. `stored`: bytes and preview are here. `failed`: given up. `deleted`: a ' +
          'tombstone without sender and content.',
      ),
    reason: z
      .string()
      .nullable()
      .describe('Why it is not stored (yet), for people; null when stored or deleted.'),
    failureCode: z
      .string()
      .nullable()
      .describe(
        'Of a failed one, such as `not-found`: `reasonCode` of its event. Null where an earlier version has given it up.',
      ),
    attempts: count.describe('Fetches so far.'),
    nextAttemptAt: time.nullable().describe('When the next fetch is due.'),
    moderation: z.enum(Moderation).describe('Viewers and links see only `visible` media.'),
    pinned: z.boolean().describe('Whether it is exempt from retention.'),
    decision: decision.nullable().exactOptional().describe('For moderators.'),
    scan: scanVerdict
      .nullable()
      .exactOptional()
      .describe("For moderators: the classifier's verdict."),
    nextScanAt: time
      .nullable()
      .exactOptional()
      .describe('For moderators: when it is scanned again; null if it is not.'),
    contentType: z
      .string()
      .nullable()
      .meta({
        description:
          'What the bytes are, detected from their content; null until they are here. Of bytes without a signature, such ' +
          'as most texts, the declared type if it is `text/…`, otherwise `application/octet-stream`.',
        examples: ['image/jpeg'],
      }),
    declaredContentType: z.string().nullable().describe('What the sender declared.'),
    fileName: z.string().nullable().describe('The name of an imported file.'),
    byteSize: bytes.nullable(),
    sha256: z.string().nullable().describe('Of the bytes, in hexadecimal digits.'),
    width: pixels
      .nullable()
      .describe('In pixels, of a picture or video as it is shown, upright; null for all others.'),
    height: pixels.nullable().describe('As it is shown, upright, in pixels.'),
    preview: preview.nullable().describe('Null until it is stored.'),
    renditions: z
      .array(rendition)
      .describe('Forms that every browser opens; none until it is stored.'),
    details: itemDetails.nullable().describe('Facts found in the bytes; null until it is stored.'),
    from: z
      .string()
      .nullable()
      .meta({
        description: 'The sender; null while its message is held back.',
        examples: ['+15551234567'],
      }),
    to: z.string().nullable().describe('The recipient; null while the message is held back.'),
    body: z
      .string()
      .nullable()
      .describe('The text of the message; null while the message is held back.'),
    receivedAt: time.describe('When its message was received.'),
    firstTriedAt: time.nullable().describe('When the first fetch began.'),
    fetchedAt: time.nullable().describe('When the bytes had arrived.'),
    storedAt: time.nullable().describe('When the preview was complete.'),
    deletedAt: time.nullable(),
    links: mediaLinksSchema
      .exactOptional()
      .describe('With `links=true`, of stored and visible media.'),
  })
  .meta({ id: 'MediaItem', description: 'One attachment of a message.' });

export const messageItemSchema = z
  .strictObject({
    sid: messageSid,
    accountSid,
    from: z.string().nullable().describe('Null when the message was deleted.'),
    to: z.string().nullable(),
    body: z
      .string()
      .nullable()
      .describe('The text, or the label of the button or list entry that was tapped.'),
    location: location
      .nullable()
      .meta({ description: 'The same as `details.location`.', deprecated: true }),
    details: messageDetails
      .nullable()
      .describe(
        'What Twilio sent besides text and attachments. Null when the message was deleted, or is suspect.',
      ),
    source: z.enum(MessageSource),
    moderation: z.enum(Moderation),
    decision: decision.nullable().exactOptional().describe('For moderators.'),
    receivedAt: time,
    deletedAt: time.nullable(),
    suspect: suspicion.nullable().describe('Why it is kept apart although its signature is valid.'),
    media: z.array(mediaItemSchema).describe('Deleted ones as tombstones.'),
    params: z
      .record(z.string(), z.unknown())
      .exactOptional()
      .describe('For moderators: the parameters of a suspect message.'),
  })
  .meta({ id: 'Message', description: 'A message with its attachments.' });

export type MediaItem = z.output<typeof mediaItemSchema>;
export type MessageItem = z.output<typeof messageItemSchema>;
export type DecisionItem = z.output<typeof decision>;
