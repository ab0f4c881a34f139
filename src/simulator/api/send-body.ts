import type { ServerResponse } from 'node:http';
import type { MediaFault } from '../attachment-fault.ts';

const SLOW_WRITES_PER_SECOND = 10;

/**
 * Sends `bytes` as the body of a response whose head is set, spoiled by `fault` where it concerns
 * the body.
 */
export function sendBody(res: ServerResponse, bytes: Uint8Array, fault: MediaFault | null): void {
  switch (fault?.kind) {
    case 'cut':
      res.flushHeaders();
      res.write(bytes.subarray(0, fault.afterBytes), () => res.destroy());
      return;
    case 'hang':
      res.flushHeaders();
      res.write(bytes.subarray(0, fault.afterBytes));
      return;
    case 'slow':
      sendSlowly(res, bytes, fault.bytesPerSecond);
      return;
    default:
      res.end(bytes);
  }
}

function sendSlowly(res: ServerResponse, bytes: Uint8Array, bytesPerSecond: number): void {
  // Below the number of writes a second, single bytes at longer intervals keep the rate.
  const step = Math.max(1, Math.floor(bytesPerSecond / SLOW_WRITES_PER_SECOND));
  let sent = 0;
  const timer = setInterval(
    () => {
      const chunk = bytes.subarray(sent, sent + step);
      sent += chunk.length;
      if (sent < bytes.length) {
        res.write(chunk);
      } else {
        clearInterval(timer);
        res.end(chunk);
      }
    },
    (step / bytesPerSecond) * 1000,
  );
  res.flushHeaders();
  res.once('close', () => clearInterval(timer));
}
