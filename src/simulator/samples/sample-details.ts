import type { CreateMessageInput } from '../simulated-message.ts';

/** What Twilio sends of a message besides text and attachments. */
export type SampleDetails = Omit<CreateMessageInput, 'attachments'> & {
  extra: Record<string, string>;
  /** Twilio sends no attachment with these. */
  isWithoutMedia?: boolean;
};

const WHATSAPP_NUMBER = 'whatsapp:+14155550100';
const LONG_TEXT =
  'This text is longer than one SMS. The phone sent it in several parts, the carrier joined them again and ' +
  'encoded the result as base64, and Twilio hands it over like that. Käthe says: it happens, now and then.';

/**
 * Samples by name; the number of the sender is without a channel. Names of parameters:
 * https://www.twilio.com/docs/messaging/guides/webhook-request. `MessageType`, `OtherRecipientsN`,
 * `ChannelMetadata` and `InteractiveData` are not described there; they were observed in webhooks.
 */
export const SAMPLE_DETAILS: Record<string, (number: string) => SampleDetails> = {
  base64: () => ({ extra: {}, body: Buffer.from(LONG_TEXT).toString('base64') }),
  group: () => ({ extra: { OtherRecipients0: '+14155550161', OtherRecipients1: '+14155550162' } }),
  button: (number) =>
    onWhatsApp(number, 'interactive', {
      isWithoutMedia: true,
      body: 'Yes, please',
      extra: { ...REPLIED, ButtonText: 'Yes, please', ButtonPayload: 'yes', ButtonType: 'REPLY' },
    }),
  list: (number) =>
    onWhatsApp(number, 'interactive', {
      isWithoutMedia: true,
      body: 'On Monday',
      extra: { ...REPLIED, ListId: 'monday', ListTitle: 'On Monday', ListDescription: '9 to 5' },
    }),
  flow: (number) =>
    onWhatsApp(number, 'interactive', {
      isWithoutMedia: true,
      body: '',
      extra: { InteractiveData: JSON.stringify({ size: 'large', colours: ['red', 'blue'] }) },
    }),
  location: (number) =>
    onWhatsApp(number, 'location', {
      isWithoutMedia: true,
      body: '',
      extra: {
        Latitude: '52.516275',
        Longitude: '13.377704',
        Address: 'Pariser Platz, 10117 Berlin',
        Label: 'Brandenburger Tor',
      },
    }),
  forwarded: (number) =>
    onWhatsApp(number, 'image', { extra: { Forwarded: 'true', FrequentlyForwarded: 'true' } }),
  referral: (number) =>
    onWhatsApp(number, 'image', {
      extra: {
        ReferralBody: 'Three colours, two sizes.',
        ReferralHeadline: 'The new tent',
        ReferralSourceId: '120210000000000001',
        ReferralSourceType: 'ad',
        ReferralSourceUrl: 'https://fb.me/sample',
        ReferralCtwaClid: 'ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3q',
        ReferralNumMedia: '1',
        ReferralMediaContentType: 'image/jpeg',
        ReferralMediaUrl: 'https://scontent.example/sample.jpg',
      },
    }),
  rcs: (number) => ({ from: `rcs:${number}`, to: 'rcs:sample_agent', extra: {} }),
};

/**
 * The sample for a message of a simulation, in turn.
 *
 * @param from with a channel, the sender of all samples
 */
export function sampleDetails(index: number, from: string): SampleDetails {
  const samples = Object.values(SAMPLE_DETAILS);
  const sample = samples[index % samples.length]?.(from.replace(/^[a-z]+:/, '')) ?? { extra: {} };
  return from.includes(':') ? { ...sample, from } : { from, ...sample };
}

const REPLIED = {
  OriginalRepliedMessageSid: `MM${'0'.repeat(32)}`,
  OriginalRepliedMessageSender: WHATSAPP_NUMBER,
};

function onWhatsApp(number: string, messageType: string, sample: SampleDetails): SampleDetails {
  const sender = { ProfileName: 'Sample Sender', WaId: number.replace(/\D/g, '') };
  const metadata = { type: 'whatsapp', data: { context: sender } };
  return {
    ...sample,
    from: `whatsapp:${number}`,
    to: WHATSAPP_NUMBER,
    extra: {
      ...sample.extra,
      ...sender,
      MessageType: messageType,
      ChannelMetadata: JSON.stringify(metadata),
    },
  };
}
