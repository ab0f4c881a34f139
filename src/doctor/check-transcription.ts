import { asError } from '../errors/caught.ts';
import { silence } from '../transcripts/speech-file.ts';
import {
  createAskTranscription,
  type TranscribeOptions,
} from '../transcripts/transcription-server.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'transcription';

/** Sends a second of silence to the transcription server. */
export async function checkTranscription(
  config: TranscribeOptions | undefined,
): Promise<Finding[]> {
  if (config === undefined) return [];
  const { origin } = new URL(config.url);
  try {
    await createAskTranscription(config)(silence(), new AbortController().signal);
    return [ok(NAME, `${origin} answers`)];
  } catch (error) {
    const remedy =
      'Check TRANSCRIBE_URL, TRANSCRIBE_TOKEN, TRANSCRIBE_MODEL and the server: sounds have no transcript until then.';
    return [problem('failed', NAME, `${origin}: ${asError(error).message}`, remedy)];
  }
}
