// All of the package would bring Twilio's whole REST client: 30 MB and a tenth of a second at every start.
import MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';

/** The TwiML answer: an empty `<Response/>`, or one message back to the sender. */
export function createReply(text: string | undefined): string {
  const response = new MessagingResponse();
  if (text !== undefined) response.message(text);
  return response.toString();
}
