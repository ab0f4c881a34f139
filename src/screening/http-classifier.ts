import { z } from 'zod';
import { maskPhoneNumbers } from '../monitoring/logger.ts';
import { failureOfStatus, postToService } from '../net/post-to-service.ts';
import {
  type AskClassifier,
  line,
  ScanError,
  type ScanOptions,
  type ScanQuestion,
  type ScanVerdict,
  scanVerdict,
} from './classifier.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** Calls the classifier over HTTP: a POST with the bytes, answered by JSON. Redirects are not followed. */
export function createHttpClassifier(config: ScanOptions): AskClassifier {
  return async (question, signal) => {
    const { status, text } = await postToService(config.url, {
      headers: headersOf(question, config),
      body: question.open(),
      maxAnswerBytes: MAX_ANSWER_BYTES,
      signal,
    });
    if (status !== 200) throw new ScanError(`it answered ${status}`, failureOfStatus(status));
    if (text === null) {
      throw new ScanError(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`, 'file');
    }
    return parse(text);
  };
}

function headersOf(
  { mediaSid, sha256, declaredContentType, contentType, byteSize }: ScanQuestion,
  { token, content }: ScanOptions,
): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': contentType,
    'content-length': String(byteSize),
    'x-media-sid': mediaSid,
    'x-media-sha256': sha256,
    'x-media-content': content,
    // Declared by the sender, so it is sent as a header only when it is a valid type.
    ...(/^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(declaredContentType ?? '')
      ? { 'x-media-declared-type': String(declaredContentType) }
      : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

function parse(text: string): ScanVerdict {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ScanError('its answer is not JSON', 'file', { cause });
  }
  const parsed = scanAnswer.safeParse(json);
  if (parsed.success) return { ...parsed.data, at: new Date().toISOString() };
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => path[0] ?? 'answer'))];
  throw new ScanError(`its answer has invalid fields: ${wrong.join(', ')}`, 'file');
}

const MAX_LABELS = 20;
// The audit log keeps it permanently.
const masked = (most: number) => line(most).overwrite(maskPhoneNumbers);

/** The classifier's JSON response for one file. Other fields are ignored. */
export const scanAnswer = z.object({
  action: scanVerdict.shape.action,
  labels: z.array(masked(64)).max(MAX_LABELS).default([]),
  reason: masked(300).nullish().default(null),
});
