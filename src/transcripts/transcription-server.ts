import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { codeOf } from '../errors/caught.ts';
import { failureOfStatus, postToService } from '../net/post-to-service.ts';
import { parseRetryAfter } from '../net/retry-after.ts';

/** How the transcription server is called. */
export interface TranscribeOptions {
  /** The whole URL of its endpoint. */
  url: string;
  /** Sent as a bearer token. */
  token: string | undefined;
  model: string;
  /** ISO 639-1; undefined when the server is to find out. */
  language: string | undefined;
  /** For one request and its whole response. */
  timeoutSeconds: number;
  /** Of sound: longer ones are not sent. */
  maxSeconds: number;
}

/** A WAV file as `speech-file.ts` describes it. */
export interface Speech {
  /** In bytes. */
  byteSize: number;
  open: () => Readable;
}

/** What the server has understood, not cleaned yet. */
export interface Transcription {
  text: string;
  /** As it names it; null when it does not. */
  language: string | null;
}

/**
 * `outage`: no connection, a timeout, 408, 429 or 5xx; a retry may succeed. `refused`: it rejects our
 * requests (credentials, address, model, a redirect), or the sound cannot be converted here. `file`: it has no
 * text for this file (400, 413, 415, 422 and the like), or its answer is not valid.
 */
export type TranscriptionFailure = 'outage' | 'refused' | 'file';

/** There is no text. `message` is shown to users. */
export class TranscriptionError extends Error {
  override readonly name = 'TranscriptionError';
  readonly kind: TranscriptionFailure;
  /** How long the server asked to wait. */
  readonly retryAfterSeconds: number;

  constructor(
    message: string,
    kind: TranscriptionFailure,
    { retryAfterSeconds = 0, ...options }: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** @throws TranscriptionError; the reason of `signal` when that is aborted */
export type AskTranscription = (speech: Speech, signal: AbortSignal) => Promise<Transcription>;

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Calls the server over HTTP, in the form of OpenAI's `POST /v1/audio/transcriptions`, which whisper.cpp's
 * server, speaches and LocalAI have as well. Redirects are not followed.
 */
export function createAskTranscription(config: TranscribeOptions): AskTranscription {
  const { url, timeoutSeconds } = config;

  return async (speech, signal) => {
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      const { status, retryAfter, text } = await postToService(url, {
        ...formOf(speech, config),
        maxAnswerBytes: MAX_ANSWER_BYTES,
        signal: AbortSignal.any([signal, deadline]),
      });
      if (status !== 200) throw refusal(status, retryAfter);
      if (text === null) throw invalidAnswer('too long');
      return parse(text);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TranscriptionError) throw error;
      if (deadline.aborted) {
        const message = `The transcription server took longer than ${timeoutSeconds} s`;
        throw new TranscriptionError(message, 'outage', { cause: error });
      }
      const code = codeOf(error) ?? 'no reason given';
      const message = `The transcription server does not answer (${code})`;
      throw new TranscriptionError(message, 'outage', { cause: error });
    }
  };
}

/** A form (multipart/form-data, RFC 7578) that is streamed. Its names and values identify nobody. */
function formOf(
  { byteSize, open }: Speech,
  { model, language, token }: TranscribeOptions,
): { headers: Record<string, string>; body: Readable } {
  const boundary = `mms-inbox-${randomBytes(16).toString('hex')}`;
  const part = (disposition: string, rest: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${rest}`;
  const field = (name: string, value: string) => part(`name="${name}"`, `\r\n${value}\r\n`);
  const begin = Buffer.from(
    [
      field('model', model),
      field('response_format', 'json'),
      language === undefined ? '' : field('language', language),
      part('name="file"; filename="speech.wav"', 'Content-Type: audio/wav\r\n\r\n'),
    ].join(''),
  );
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    headers: {
      accept: 'application/json',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(begin.length + byteSize + end.length),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: Readable.from(
      (async function* () {
        yield begin;
        yield* open();
        yield end;
      })(),
    ),
  };
}

function refusal(status: number, retryAfter: string | null): TranscriptionError {
  const message = `The transcription server answered ${status}`;
  const retryAfterSeconds = parseRetryAfter(retryAfter, new Date()) ?? 0;
  // 404 is also the answer for a model that the server does not have.
  return new TranscriptionError(message, failureOfStatus(status), { retryAfterSeconds });
}

// Servers name the language in the longer form `verbose_json` only, but may do so here.
const answerSchema = z.object({
  text: z.string(),
  language: z
    .string()
    .regex(/^[\p{L}_-]{2,40}$/u)
    .nullable()
    .catch(null),
});

function parse(text: string): Transcription {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the cause, whose message quotes the answer.
    throw invalidAnswer('not JSON');
  }
  const { data } = answerSchema.safeParse(json);
  if (data === undefined) throw invalidAnswer('without a text');
  return data;
}

function invalidAnswer(problem: string): TranscriptionError {
  return new TranscriptionError(`The answer of the transcription server is ${problem}`, 'file');
}
