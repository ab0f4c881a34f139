import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { codeOf } from '../errors/caught.ts';

// A run of at least seven digits, as in phone numbers. Sids do not match, because letters precede their
// digits, nor do dates (such as the one in the paths of Twilio's API). A percent escape such as %2B may
// precede it.
const PHONE_NUMBER =
  /(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2}))(?!\d{4}-\d{2}-\d{2}(?!\d))\+?\d[\d\s().-]{5,}\d(?![0-9A-Za-z])/g;

// An IPv4 address, as in `connect ECONNREFUSED 127.0.0.1:5432`. Four pairs of digits count as one only with a
// port: some countries write phone numbers in this form.
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ADDRESS = new RegExp(
  `(?<![\\d.+])(?!(?:\\d\\d\\.){3}\\d\\d(?!:\\d))((?:${OCTET}\\.){3}${OCTET})(?!\\d|\\.\\d)`,
);

/** Masks all but the last two digits of a phone number: `+15551234567` becomes `+*********67`. */
export function maskPhoneNumber(text: string): string {
  const tail = text.slice(-2);
  return text.slice(0, -2).replaceAll(/\d/g, '*') + tail;
}

/** Masks every phone number in a text; IP addresses stay. */
export function maskPhoneNumbers(text: string): string {
  return (
    text
      .split(ADDRESS)
      // `split` with a capturing group returns the addresses at odd indexes.
      .map((part, index) => (index % 2 ? part : part.replaceAll(PHONE_NUMBER, maskPhoneNumber)))
      .join('')
  );
}

/** The project's logger: JSON lines, on standard output by default. Callers never pass tokens or bodies to it. */
export function createLogger(
  level: string,
  options: LoggerOptions = {},
  destination?: DestinationStream,
): Logger {
  return pino({ level, base: null, serializers: LOG_SERIALIZERS, ...options }, destination);
}

/** The fields of an error that are logged. Errors of libraries have more: bodies, headers, queries. */
interface LoggedError {
  type: string;
  code?: string;
  message: string;
  stack: string;
  cause?: LoggedError;
}

export const LOG_SERIALIZERS = { err: loggedError };

function loggedError(error: unknown): LoggedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, stack = '', cause } = error;
  const code = codeOf(error);
  const reason = loggedError(cause);
  return {
    type: name,
    ...(typeof code === 'string' ? { code } : {}),
    message: maskPhoneNumbers(message),
    stack: maskPhoneNumbers(stack),
    ...(reason === undefined ? {} : { cause: reason }),
  };
}
