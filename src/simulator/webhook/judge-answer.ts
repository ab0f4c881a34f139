import { SaxesParser } from 'saxes';

/** Twilio's error codes for webhook responses: https://www.twilio.com/docs/api/errors */
export const WEBHOOK_ERROR = {
  retrievalFailed: 11200,
  connectionFailed: 11205,
  notTwiml: 12100,
  badContentType: 12300,
} as const;

const TWIML_TYPES = new Set(['text/xml', 'application/xml', 'text/html']);

/** The HTTP response to a webhook; `contentType` is null when the header is missing. */
export interface WebhookAnswer {
  status: number;
  contentType: string | null;
  body: string;
}

/**
 * Evaluates a response as Twilio does: the error code, null without an error, and the texts that Twilio
 * would send back. XML and HTML are parsed as TwiML, plain text is the reply itself, 204 is a valid
 * response without content; every other type is refused.
 * Source: https://www.twilio.com/docs/messaging/twiml
 */
export function judgeAnswer(answer: WebhookAnswer): {
  errorCode: number | null;
  replies: string[];
} {
  if (answer.status === 204) return { errorCode: null, replies: [] };
  if (answer.status < 200 || answer.status > 299) {
    return { errorCode: WEBHOOK_ERROR.retrievalFailed, replies: [] };
  }
  const type = answer.contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/plain') {
    return { errorCode: null, replies: answer.body === '' ? [] : [answer.body] };
  }
  if (!TWIML_TYPES.has(type)) return { errorCode: WEBHOOK_ERROR.badContentType, replies: [] };

  const root = parseTwiml(answer.body);
  if (!root) return { errorCode: WEBHOOK_ERROR.notTwiml, replies: [] };
  return { errorCode: null, replies: childrenNamed(root, 'Message').map(messageText) };
}

function parseTwiml(body: string): XmlElement | null {
  try {
    const root = parseXml(body);
    return root.name === 'Response' ? root : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function messageText(message: XmlElement): string {
  const bodies = childrenNamed(message, 'Body');
  const texts = bodies.length > 0 ? bodies.map(({ text }) => text) : [message.text];
  return texts.map((text) => text.trim()).join('\n');
}

function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** An element; `text` is its own character data, `children` its elements. */
interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

/**
 * Parses a small XML document. It must be well-formed and without a document type, which TwiML never
 * has; attributes are checked and dropped.
 *
 * @throws SyntaxError
 */
export function parseXml(source: string): XmlElement {
  const document: XmlElement = { name: '', text: '', children: [] };
  const open = [document];
  const addText = (text: string) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += text;
  };
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new SyntaxError(error.message);
  });
  parser.on('doctype', () => {
    throw new SyntaxError('A document type');
  });
  parser.on('opentag', ({ name }) => {
    const element = { name, text: '', children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(source).close();
  const [root] = document.children;
  if (root === undefined) throw new SyntaxError('No element');
  return root;
}
