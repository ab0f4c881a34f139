import { SaxesParser } from 'saxes';

/** Twilio's codes for what can be wrong with an answer: https://www.twilio.com/docs/api/errors */
export const WEBHOOK_ERROR = {
  retrievalFailed: 11200,
  connectionFailed: 11205,
  notTwiml: 12100,
  badContentType: 12300,
} as const;

const TWIML_TYPES = new Set(['text/xml', 'application/xml', 'text/html']);

/** An HTTP answer to a webhook; `contentType` is null where the header is missing. */
export interface WebhookAnswer {
  status: number;
  contentType: string | null;
  body: string;
}

/**
 * What Twilio makes of an answer: its error code, null if it is content, and the texts it would
 * send back. XML and HTML are read as TwiML, plain text is the reply itself, 204 is an answer
 * without content; every other type is refused. Source: https://www.twilio.com/docs/messaging/twiml
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
 * Parses a small XML document, refusing what is not well-formed. Document types, which TwiML has
 * none of, are refused as well; attributes are checked and dropped.
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
