import { type Logger, pino } from 'pino';
import { createLogger } from './logger.ts';
import { prettyLine } from './pretty-log.ts';

/** `auto`: for people where the standard output is a terminal, otherwise JSON. */
export type LogFormat = 'auto' | 'pretty' | 'json';

/**
 * The log of a process, on its standard output. It is written at once, by this thread: a line that is logged right
 * before the process exits is there.
 */
export function openLog(
  level: string,
  format: LogFormat,
  output: { fd: number; isTTY?: boolean; hasColors?: () => boolean } = process.stdout,
): Logger {
  const destination = pino.destination({ dest: output.fd, sync: true });
  const isPretty = format === 'pretty' || (format === 'auto' && output.isTTY === true);
  if (!isPretty) return createLogger(level, {}, destination);
  const withColours = output.isTTY === true && output.hasColors?.() === true;
  return createLogger(
    level,
    {},
    {
      write: (text) => void destination.write(prettyLine(text, withColours)),
    },
  );
}
