import { z } from 'zod';
import { messageSid } from '../twilio/address-fields.ts';

const text = z.string();
const json = z.record(z.string(), z.unknown());

const button = z.object({
  text: text.exactOptional().describe('What stands on it.'),
  payload: text.exactOptional().describe('What your template set for it.'),
  type: text.exactOptional(),
});

const listItem = z.object({
  id: text.exactOptional(),
  title: text.exactOptional(),
  description: text.exactOptional(),
});

export const location = z
  .strictObject({
    latitude: z.number().min(-90).max(90).describe('In degrees.'),
    longitude: z.number().min(-180).max(180).describe('In degrees.'),
    address: text.nullable().describe('Of the place, if the sender chose a named one.'),
    label: text.nullable().describe('Its name.'),
  })
  .meta({ id: 'Location', description: 'A location that was sent as a message of its own.' });

const reply = z.object({
  messageSid: messageSid.exactOptional().describe('Of the message that it answers.'),
  sender: text.exactOptional().describe('The address that sent that message.'),
});

const referral = z.object({
  body: text.exactOptional(),
  headline: text.exactOptional(),
  sourceId: text.exactOptional(),
  sourceType: text.exactOptional().meta({ examples: ['ad', 'post'] }),
  sourceUrl: text.exactOptional().describe('http or https; untrusted.'),
  clickId: text.exactOptional().describe('`ReferralCtwaClid`, the id of the click at Meta.'),
  mediaCount: z.int().min(0).exactOptional(),
  mediaId: text.exactOptional(),
  mediaContentType: text.exactOptional(),
  mediaUrl: text
    .exactOptional()
    .describe('Of the picture or video of the ad: http or https, untrusted, and never fetched.'),
});

/**
 * What Twilio sends of a message besides its text and attachments, as the API returns it. Only what was sent
 * is present. Texts are untrusted.
 */
export const messageDetails = z
  .object({
    channel: text
      .exactOptional()
      .meta({ description: 'Missing for SMS and MMS.', examples: ['whatsapp', 'rcs'] }),
    messageType: text.exactOptional().meta({
      description: 'The type of a WhatsApp message, in the words of WhatsApp.',
      examples: ['text', 'location', 'contacts', 'interactive', 'sticker'],
    }),
    bodyEncoding: z
      .literal('base64')
      .exactOptional()
      .describe('The carrier had encoded the text; `body` is decoded.'),
    profileName: text.exactOptional().describe('Which the sender chose on WhatsApp.'),
    waId: text.exactOptional().describe('The id of the sender on WhatsApp, often the number.'),
    button: button.exactOptional().describe('That the sender tapped.'),
    listItem: listItem.exactOptional().describe('That the sender chose.'),
    interactiveData: json.exactOptional().describe('The answers in a WhatsApp Flow.'),
    location: location.exactOptional(),
    reply: reply.exactOptional().describe('What the message answers.'),
    forwarded: z.boolean().exactOptional(),
    frequentlyForwarded: z.boolean().exactOptional().describe('More than five times.'),
    referral: referral
      .exactOptional()
      .describe('The ad or post that the sender tapped to write this message.'),
    otherRecipients: z
      .array(text)
      .exactOptional()
      .describe('Of a group MMS: its recipients besides `to`, at most 250.'),
    addressSid: text
      .exactOptional()
      .describe('As Twilio sends it; its guide does not describe it.'),
    channelMetadata: json.exactOptional().describe('What the channel adds, as Twilio sends it.'),
  })
  .meta({ id: 'MessageDetails' });

export type MessageDetails = z.output<typeof messageDetails>;
