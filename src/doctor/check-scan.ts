import { asError } from '../errors/caught.ts';
import { createAskClassifier, type ScanOptions } from '../screening/classifier.ts';
import { pixelQuestion } from '../screening/scanner.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'classifier';

/** Sends a picture of one pixel to the classifier, as if it had just been received. */
export async function checkScan(config: ScanOptions | undefined): Promise<Finding[]> {
  if (config === undefined) return [];
  const { origin } = new URL(config.url);
  try {
    const { action } = await createAskClassifier(config)(
      pixelQuestion(),
      new AbortController().signal,
    );
    return [ok(NAME, `${origin} answers: ${action}`)];
  } catch (error) {
    const meanwhile = config.failure === 'hold' ? 'are held' : 'pass without a scan';
    const remedy = `Check SCAN_URL, SCAN_TOKEN and the classifier: new attachments ${meanwhile} until then.`;
    return [problem('failed', NAME, `${origin}: ${asError(error).message}`, remedy)];
  }
}
