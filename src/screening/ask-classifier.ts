import { codeOf } from '../errors/caught.ts';
import { createClamd, parseClamdUrl } from './clamd.ts';
import { type AskClassifier, ScanError, type ScanOptions } from './classifier.ts';
import { createHttpClassifier } from './http-classifier.ts';

/** Calls the classifier of `SCAN_URL`: clamd, or an HTTP service. One deadline covers the whole exchange. */
export function createAskClassifier(config: ScanOptions): AskClassifier {
  const { url, timeoutSeconds } = config;
  const clamd = parseClamdUrl(url);
  const ask = clamd === null ? createHttpClassifier(config) : createClamd(clamd);

  return async (question, signal) => {
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      return await ask(question, AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ScanError) throw error;
      if (deadline.aborted) {
        throw new ScanError(`it took longer than ${timeoutSeconds} s`, 'outage', { cause: error });
      }
      const code = codeOf(error) ?? 'no reason given';
      throw new ScanError(`the request failed (${code})`, 'outage', { cause: error });
    }
  };
}

/** Where the classifier is, for people: path and query of an HTTP URL may hold credentials. */
export function classifierOrigin(url: string): string {
  const clamd = parseClamdUrl(url);
  if (clamd === null) return new URL(url).origin;
  if ('path' in clamd) return `clamd://${clamd.path}`;
  const host = clamd.host.includes(':') ? `[${clamd.host}]` : clamd.host;
  return `clamd://${host}:${clamd.port}`;
}
