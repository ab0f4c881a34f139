import type { AttachmentFault } from './attachment-fault.ts';
import type { SimulatedAttachment } from './simulated-message.ts';

const RETRY_AFTER_SECONDS = 2;

/** What goes wrong with every attachment of a simulation; what is left out goes right. */
export interface SimulationFaults {
  /** The first so many tries are answered 404. */
  notFound?: number | undefined;
  /** The next so many are answered 503. */
  serverErrors?: number | undefined;
  /** The next so many are answered 429. */
  rateLimited?: number | undefined;
  /** The first transfer breaks off in the middle. */
  cut?: boolean | undefined;
  /** Bytes per second of every transfer. */
  slow?: number | undefined;
  /** The webhook and the media server both lie about the type. */
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
