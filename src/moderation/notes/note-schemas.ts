import { z } from 'zod';
import { createdCursor } from '../../http/created-page.ts';
import { time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import {
  addressParameter,
  mediaSid,
  messageSid,
  storedSender,
} from '../../twilio/address-fields.ts';

const TEXT = '1 to 2000 characters';

export const noteSchema = z
  .strictObject({
    id: z.uuid(),
    mediaSid: mediaSid.nullable(),
    messageSid: messageSid.nullable(),
    senderId: z.string().nullable().describe('A keyed hash of the address, in hexadecimal digits.'),
    text: z.string(),
    writtenBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    createdAt: time,
  })
  .meta({
    id: 'Note',
    description:
      'What moderators note about an attachment, a message or a sender: one of the three.',
  });

export type NoteItem = z.output<typeof noteSchema>;

/** What a note is about: exactly one of these. */
export interface NoteTarget {
  mediaSid?: string | undefined;
  messageSid?: string | undefined;
  /** The address of a sender. */
  sender?: string | undefined;
}

const ONE = 'exactly one of mediaSid, messageSid and sender';

function requireOne({ mediaSid, messageSid, sender }: NoteTarget, context: z.RefinementCtx): void {
  const given = [mediaSid, messageSid, sender].filter((one) => one !== undefined);
  if (given.length !== 1) context.addIssue({ code: 'custom', path: ['mediaSid'], message: ONE });
}

/** Body of `POST /api/v1/notes`. */
export const newNote = z
  .strictObject({
    mediaSid: mediaSid.optional(),
    messageSid: messageSid.optional(),
    sender: storedSender.min(1).optional(),
    text: z
      .string(TEXT)
      // PostgreSQL does not accept NUL in text.
      .regex(/^[^\0]{1,2000}$/s, TEXT)
      .refine((text) => text.isWellFormed(), TEXT),
  })
  .superRefine(requireOne);

/** Query of `GET /api/v1/notes`. */
export const noteListQuery = z
  .strictObject({
    mediaSid: mediaSid.optional(),
    messageSid: messageSid.optional(),
    sender: z
      .string()
      .min(1)
      .max(100)
      .pipe(addressParameter)
      .optional()
      .describe('Any address of the person.'),
    limit: pageLimit(200, 50),
    cursor: createdCursor(z.uuid()).optional().describe('`nextCursor` of the page before.'),
  })
  .superRefine(requireOne);

export type NoteListQuery = z.output<typeof noteListQuery>;

/** Path of one note. */
export const notePath = z.object({ id: z.uuid('the id of a note') });
