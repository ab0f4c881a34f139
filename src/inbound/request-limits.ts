import type { RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AppError } from '../errors/app-error.ts';

/** How a refused webhook is logged: in full, in full with a notice that it is the last, or not at all. */
type RefusalVerbosity = 'full' | 'last' | 'none';

// Far more than are needed to diagnose a proxy that breaks every signature.
const MAX_A_MINUTE = 20;
// Of all addresses together: forging a new address for each request fills neither the log nor the memory.
const MAX_OF_ALL = 500;
const ALL = 'all';

/**
 * Counts wrong signatures by address, so that a flood of them is neither logged nor diagnosed. Every request
 * is still verified: Twilio's addresses are shared by all its customers, so a valid signature must be
 * accepted from any address.
 */
export function createRefusalLimit(): (address: string) => Promise<RefusalVerbosity> {
  const byNetwork = new RateLimiterMemory({ points: MAX_A_MINUTE, duration: 60 });
  const ofAll = new RateLimiterMemory({ points: MAX_OF_ALL, duration: 60 });
  return async (address) => {
    // Checked first, so that the limiter stores an address only while its refusals may be logged.
    const lines = (await ofAll.get(ALL))?.consumedPoints ?? 0;
    if (lines >= MAX_OF_ALL) return 'none';
    const { consumedPoints } = await byNetwork.penalty(networkOf(address));
    if (consumedPoints > MAX_A_MINUTE) return 'none';
    await ofAll.penalty(ALL);
    return consumedPoints === MAX_A_MINUTE ? 'last' : 'full';
  };
}

/** An IPv6 client usually has a /64, 2^64 addresses; behind a trusted proxy `address` may be any text. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'other';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6'
    ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':')
    : parsed.toString();
}

/** Answers 408 and closes the connection when the body does not arrive in time. */
export function bodyDeadline(milliseconds: number): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      next(
        new AppError('request_timeout', `The body did not arrive within ${milliseconds / 1000} s.`),
      );
    }, milliseconds);
    const clear = () => clearTimeout(timer);
    request.once('end', clear);
    response.once('close', clear);
    next();
  };
}
