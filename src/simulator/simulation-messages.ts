import type { AttachmentFault } from './faults.ts';
import { SAMPLE_NAMES, sampleAttachment } from './samples/sample-attachments.ts';
import { sampleDetails } from './samples/sample-details.ts';
import type { CreateMessageInput, SimulatedAttachment } from './simulated-message.ts';

const MAX_ATTACHMENTS = 3;
/** The number of variants of each sample; after that they repeat. */
const VARIANTS = 12;
const SENDERS = ['+14155550101', '+14155550112', '+14155550123', '+14155550134', '+14155550145'];
const BODIES = ['Look at this!', 'From this morning', '', 'As promised', 'Which one do you like?'];

/** Which messages a simulation sends. */
export interface SimulationContent {
  /** Default: five senders in turn. */
  from?: string | undefined;
  /** Messages of WhatsApp, RCS and groups, with all that Twilio sends of them. */
  details?: boolean | undefined;
  faults?: SimulationFaults;
}

/**
 * Creates the messages of a simulation by index from 0: one to three sample attachments each, except those of
 * which Twilio sends none.
 */
export function createSimulationMessages(
  options: SimulationContent,
): (index: number) => Promise<CreateMessageInput> {
  const drawn = new Map<string, Promise<SimulatedAttachment>>();

  function sample(position: number): Promise<SimulatedAttachment> {
    const name = SAMPLE_NAMES[position % SAMPLE_NAMES.length] ?? 'landscape';
    const seed = Math.floor(position / SAMPLE_NAMES.length) % VARIANTS;
    const key = `${name} ${seed}`;
    const attachment = drawn.get(key) ?? sampleAttachment(name, seed);
    drawn.set(key, attachment);
    return attachment;
  }

  return async (index) => {
    const count = (index % MAX_ATTACHMENTS) + 1;
    // The number of attachments in all messages before this one: three messages have six.
    const first = Math.floor(index / MAX_ATTACHMENTS) * 6 + (count * (count - 1)) / 2;
    const attachments = await Promise.all(
      Array.from({ length: count }, (_, offset) => sample(first + offset)),
    );
    const from = options.from ?? SENDERS[index % SENDERS.length] ?? '+14155550123';
    const message = {
      from,
      body: BODIES[index % BODIES.length] ?? '',
      attachments: attachments.map((item) => withSimulationFaults(item, options.faults ?? {})),
    };
    if (!options.details) return message;
    const { isWithoutMedia, ...details } = sampleDetails(index, from);
    return { ...message, ...details, attachments: isWithoutMedia ? [] : message.attachments };
  };
}

const RETRY_AFTER_SECONDS = 2;

/** The faults of every attachment of a simulation; faults that are not set do not occur. */
export interface SimulationFaults {
  /** How many of the first requests are answered 404. */
  notFound?: number | undefined;
  /** How many of the next requests are answered 503. */
  serverErrors?: number | undefined;
  /** How many of the next requests are answered 429. */
  rateLimited?: number | undefined;
  /** The first transfer is cut off in the middle. */
  cut?: boolean | undefined;
  /** Bytes per second of every transfer. */
  slow?: number | undefined;
  /** The webhook and the media server both report a wrong type. */
  wrongTypes?: boolean | undefined;
}

/** An attachment with the faults of a simulation. */
export function withSimulationFaults(
  attachment: SimulatedAttachment,
  faults: SimulationFaults,
): SimulatedAttachment {
  const script: AttachmentFault[] = [];
  if (faults.notFound) script.push({ kind: 'not-found', times: faults.notFound });
  if (faults.serverErrors) {
    script.push({ kind: 'status', status: 503, times: faults.serverErrors });
  }
  if (faults.rateLimited) {
    script.push({
      kind: 'status',
      status: 429,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      times: faults.rateLimited,
    });
  }
  if (faults.cut) {
    script.push({ kind: 'cut', afterBytes: Math.floor(attachment.bytes.length / 2), times: 1 });
  }
  if (faults.slow) script.push({ kind: 'slow', bytesPerSecond: faults.slow });

  const faulty = { ...attachment, faults: script };
  if (!faults.wrongTypes) return faulty;
  const declaredContentType = attachment.contentType === 'image/jpeg' ? 'image/png' : 'image/jpeg';
  return { ...faulty, declaredContentType, contentType: 'application/octet-stream' };
}
