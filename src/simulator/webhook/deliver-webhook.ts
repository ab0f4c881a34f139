import { performance } from 'node:perf_hooks';
import { SaxesParser } from 'saxes';
import { type Dispatcher, errors, request } from 'undici';
import type { WebhookRequest } from './webhook-request.ts';

/** The outcome of a webhook from Twilio's point of view. */
export interface DeliveryOutcome {
  /** Null when there was no response. */
  status: number | null;
  body: string;
  contentType: string | null;
  milliseconds: number;
  /** The error that Twilio would log: 11200, 11205, 12100 or 12300; null without an error. */
  errorCode: number | null;
  /** Texts that Twilio would send back. */
  replies: string[];
}

/** Limits of a request; `dispatcher` limits the time to connect, `totalMs` the whole exchange. */
interface DeliveryLimits {
  dispatcher: Dispatcher;
  totalMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a webhook once and evaluates the response as Twilio does. Errors of the receiver are part of
 * the outcome and are not thrown.
 *
 * @throws the reason of `signal` when that is aborted
 */
export async function deliverWebhook(
  webhook: WebhookRequest,
  { dispatcher, totalMs, signal }: DeliveryLimits,
): Promise<DeliveryOutcome> {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  const timeout = AbortSignal.timeout(totalMs);
  try {
    const answer = await send(
      webhook,
      dispatcher,
      AbortSignal.any([timeout, ...(signal ? [signal] : [])]),
    );
    return { ...answer, milliseconds: elapsed(), ...judgeAnswer(answer) };
  } catch (error) {
    signal?.throwIfAborted();
    const errorCode =
      timeout.aborted || error instanceof errors.HTTPParserError
        ? WEBHOOK_ERROR.retrievalFailed
        : WEBHOOK_ERROR.connectionFailed;
    return {
      status: null,
      body: '',
      contentType: null,
      milliseconds: elapsed(),
      errorCode,
      replies: [],
    };
  }
}

async function send(
  { url, method, headers, body }: WebhookRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const response = await request(url, { dispatcher, method, headers, body, signal });
  const contentType = response.headers['content-type'];
  return {
    status: response.statusCode,
    contentType: typeof contentType === 'string' ? contentType : null,
    body: await response.body.text(),
  };
}

/** Twilio's error codes for webhook responses: https://www.twilio.com/docs/api/errors */
const WEBHOOK_ERROR = {
  retrievalFailed: 11200,
  connectionFailed: 11205,
  notTwiml: 12100,
  badContentType: 12300,
} as const;

const TWIML_TYPES = new Set(['text/xml', 'application/xml', 'text/html']);

/** The HTTP response to a webhook; `contentType` is null when the header is missing. */
interface WebhookAnswer {
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
