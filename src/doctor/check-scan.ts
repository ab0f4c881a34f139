import { asError } from '../errors/caught.ts';
import { classifierOrigin, createAskClassifier } from '../screening/ask-classifier.ts';
import { parseClamdUrl, refusesLength } from '../screening/clamd.ts';
import type { ScanOptions } from '../screening/classifier.ts';
import { pixelQuestion } from '../screening/scanner.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'classifier';

/**
 * Sends a picture of one pixel to the classifier, as if it had just been received, and asks clamd whether it
 * takes files of `mediaMaxBytes`.
 */
export async function checkScan(config: {
  scan: ScanOptions | undefined;
  mediaMaxBytes: number;
}): Promise<Finding[]> {
  const { scan, mediaMaxBytes } = config;
  if (scan === undefined) return [];
  const origin = classifierOrigin(scan.url);
  try {
    const ask = createAskClassifier(scan);
    const { action } = await ask(pixelQuestion(), new AbortController().signal);
    const answers = ok(NAME, `${origin} answers: ${action}`);
    return (await refusesLargest(scan, mediaMaxBytes))
      ? [answers, problem('warning', NAME, ...tooSmall(origin, mediaMaxBytes))]
      : [answers];
  } catch (error) {
    const meanwhile = scan.failure === 'hold' ? 'are held' : 'pass without a scan';
    const parts =
      parseClamdUrl(scan.url) === null
        ? 'SCAN_URL, SCAN_TOKEN and the classifier'
        : 'SCAN_URL and clamd';
    const remedy = `Check ${parts}: new attachments ${meanwhile} until then.`;
    return [problem('failed', NAME, `${origin}: ${asError(error).message}`, remedy)];
  }
}

async function refusesLargest(scan: ScanOptions, mediaMaxBytes: number): Promise<boolean> {
  const clamd = parseClamdUrl(scan.url);
  const deadline = AbortSignal.timeout(scan.timeoutSeconds * 1000);
  return clamd !== null && refusesLength(clamd, mediaMaxBytes, deadline);
}

function tooSmall(origin: string, mediaMaxBytes: number): [detail: string, remedy: string] {
  return [
    `${origin} refuses files as large as MEDIA_MAX_BYTES (${mediaMaxBytes}): they get no verdict`,
    'Raise StreamMaxLength, MaxFileSize and MaxScanSize in clamd.conf, or lower MEDIA_MAX_BYTES.',
  ];
}
