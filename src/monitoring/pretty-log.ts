import { styleText } from 'node:util';
import { z } from 'zod';

// A line of our own log. Fields that are not listed are shown behind the message.
const error: z.ZodType<LoggedError> = z.object({
  stack: z.string().optional(),
  message: z.string().optional(),
  get cause() {
    return error.optional();
  },
});

interface LoggedError {
  stack?: string | undefined;
  message?: string | undefined;
  cause?: LoggedError | undefined;
}

const line = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  err: error.optional().catch(undefined),
  req: z.object({ id: z.string().optional(), method: z.string(), url: z.string() }).optional(),
  res: z.object({ status: z.number() }).optional(),
  ms: z.number().optional(),
});

/** The names of pino's levels, from the least, with their colours. */
const LEVELS = [
  [60, 'FATAL', 'red'],
  [50, 'ERROR', 'red'],
  [40, 'WARN', 'yellow'],
  [30, 'INFO', 'green'],
  [20, 'DEBUG', 'gray'],
] as const;

/**
 * Formats a line of the log, JSON text, for people: the local time, the level, the message, the other fields as
 * `name=value`, the stack of an error below. Escape sequences that somebody sends have no effect on the terminal.
 *
 * @returns with its line end; anything that is not such a line as it is
 */
export function prettyLine(text: string, withColours: boolean): string {
  const parsed = line.safeParse(parseJson(text));
  if (!parsed.success) return `${printable(text.trimEnd())}\n`;
  const { level, time, msg, err, req, res, ms, ...fields } = parsed.data;
  const [, name, colour] = LEVELS.find(([least]) => level >= least) ?? [10, 'TRACE', 'gray'];
  const paint = (format: Parameters<typeof styleText>[0], shown: string): string =>
    withColours ? styleText(format, shown, { validateStream: false }) : shown;
  const isAnswered = req !== undefined && res !== undefined;
  const message = isAnswered ? `${req.method} ${req.url} ${res.status}` : msg;
  const shown = {
    ...fields,
    ...(ms === undefined ? {} : { ms }),
    ...(req?.id === undefined ? {} : { requestId: req.id }),
  };
  const rest = Object.entries(shown).map(([key, value]) => `${key}=${valueText(value)}`);
  return [
    `${paint('gray', clock(new Date(time)))} ${paint(colour, name.padEnd(5))} ${printable(message)}`,
    ...(rest.length > 0 ? [`  ${paint('gray', printable(rest.join(' ')))}`] : []),
    ...(err === undefined ? [] : [`\n${indented(printable(stacksOf(err)))}`]),
    '\n',
  ].join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `14:05:09.042`, in the time zone of the process. */
function clock(at: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return valueText(value.join(','));
  }
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function stacksOf({ stack, message = 'an error', cause }: LoggedError): string {
  const own = stack === undefined || stack === '' ? message : stack;
  return cause === undefined ? own : `${own}\nCaused by: ${stacksOf(cause)}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

// Control characters but line feeds, and what changes the direction of text.
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Escapes what a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
