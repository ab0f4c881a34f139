import twilio from 'twilio';

/** The TwiML answer: an empty `<Response/>`, or one message back to the sender. */
export function createReply(text: string | undefined): string {
  const response = new twilio.twiml.MessagingResponse();
  if (text !== undefined) response.message(text);
  return response.toString();
}
