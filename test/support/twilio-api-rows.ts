import type { mediaResource, messageResource } from '../../src/twilio-api/resources.ts';

type MessageRow = Omit<Parameters<typeof messageResource>[0], 'numMedia'>;
export type MediaRow = Parameters<typeof mediaResource>[0];

const accountSid = 'ACda6f1e11047ebd6fe7a55f120be3a900';
const messageSid = 'MM8dfedb55c129dd4d6bd1f59af9d11080';
const receivedAt = new Date('2009-07-17T01:52:49Z');

/** The media item of the documentation's XML example. */
export function mediaRow(other: Partial<MediaRow> = {}): MediaRow {
  return {
    sid: 'ME557ce644e5ab84fa21cc21112e22c485',
    accountSid,
    messageSid,
    contentType: 'image/jpeg',
    declaredContentType: null,
    receivedAt,
    storedAt: null,
    ...other,
  };
}

/** The message of that media item. */
export function messageRow(other: Partial<MessageRow> = {}): MessageRow {
  return {
    sid: messageSid,
    accountSid,
    from: '+14155550123',
    to: '+14155550100',
    body: '',
    params: {},
    receivedAt,
    ...other,
  };
}
