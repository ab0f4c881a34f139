import { expect } from 'vitest';
import { parseXml } from '../../src/simulator/webhook/deliver-webhook.ts';
import { smallPicture } from './small-picture.ts';
import { ACCOUNT, type TestInbox } from './test-inbox.ts';

/** An `Authorization` header for HTTP Basic. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** The main account's own credentials. */
export const OWN = basic(ACCOUNT.sid, ACCOUNT.authToken);

/** The path of an account's messages, without extension. */
export function messagesPath(accountSid = ACCOUNT.sid): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages`;
}

/** Stores a message with three pictures; returns the paths of `message` and of its first `media`. */
export async function storeAlbum(inbox: TestInbox) {
  const attachments = await Promise.all(
    [1, 2, 3].map(async (n) => ({ bytes: await smallPicture(n), contentType: 'image/png' })),
  );
  const { message: album } = await inbox.receive({ attachments });
  await inbox.mediaOf(album.sid, 'stored');
  const message = `${messagesPath()}/${album.sid}`;
  return { album, message, media: `${message}/Media/${album.media[0]?.sid}` };
}

/** Every route of the API. */
export function routesOf({ message, media }: { message: string; media: string }): string[] {
  return [
    `${messagesPath()}.json`,
    `${messagesPath()}.xml`,
    `${message}.json`,
    `${message}.xml`,
    `${message}/Media.json`,
    `${message}/Media`,
    media,
    `${media}.json`,
    `${media}.xml`,
  ];
}

/** Calls the Twilio-compatible API, as the main account by default. */
export function callTwilioApi(
  inbox: TestInbox,
  path: string,
  authorization: string | null = OWN,
  method = 'GET',
): Promise<Response> {
  const headers = authorization === null ? {} : { authorization };
  return fetch(inbox.url + path, { method, headers });
}

/** Expects a GET to be refused with a complete error. */
export async function expectRefusal(
  inbox: TestInbox,
  path: string,
  [status, code]: [status: number, code: number],
  authorization = OWN,
): Promise<TwilioError> {
  const response = await callTwilioApi(inbox, path, authorization);
  expect([path, response.status]).toEqual([path, status]);
  const error = await readError(path, response);
  expect(error.code).toBe(code);
  return error;
}

export interface TwilioError {
  code: number;
  message: string;
  status: number;
}

const LEAKS = /node_modules|\.ts\b|\/src\/|prisma|Error:|ECONN|SELECT/i;

/** Parses an error in Twilio's format, JSON or XML according to the extension of its path. */
export async function readError(path: string, response: Response): Promise<TwilioError> {
  const body = await response.text();
  expect(body).not.toMatch(LEAKS);
  const isJson = path.split('?')[0]?.endsWith('.json');
  const type = `application/${isJson ? 'json' : 'xml'}; charset=utf-8`;
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const error = isJson ? JSON.parse(body) : readXmlError(body);
  expect(Object.keys(error)).toEqual(['code', 'message', 'more_info', 'status']);
  expect(error.more_info).toBe(`https://www.twilio.com/docs/errors/${error.code}`);
  expect(error.status).toBe(response.status);
  expect(error.message).toMatch(/\S/);
  return error;
}

function readXmlError(body: string) {
  const [exception] = parseXml(body).children;
  expect(exception?.name).toBe('RestException');
  const names = exception?.children.map(({ name }) => name);
  expect(names).toEqual(['Code', 'Message', 'MoreInfo', 'Status']);
  const [code, message, moreInfo, status] = exception?.children.map(({ text }) => text) ?? [];
  return { code: Number(code), message, more_info: moreInfo, status: Number(status) };
}
