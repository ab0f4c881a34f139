import type { RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AppError } from '../errors/app-error.ts';

/** What is still done for a refused webhook: all, a last line that says so, or nothing but the answer. */
type Attention = 'full' | 'last' | 'none';

// A proxy that breaks every signature is explained by far fewer.
const MAX_A_MINUTE = 20;
// Of all addresses together: who forges a new one each time fills neither the log nor the memory.
const MAX_OF_ALL = 500;
const ALL = 'all';

/**
 * Counts wrong signatures by address, so that a flood of them neither fills the log nor is diagnosed. It
 * never keeps a request from being checked: Twilio's addresses are shared by all its customers, and a
 * right signature is right.
 */
export function createRefusalLimit(): (address: string) => Promise<Attention> {
  const byNetwork = new RateLimiterMemory({ points: MAX_A_MINUTE, duration: 60 });
  const ofAll = new RateLimiterMemory({ points: MAX_OF_ALL, duration: 60 });
  return async (address) => {
    // First, so that an address of its own is kept only for who still gets a line.
    const lines = (await ofAll.get(ALL))?.consumedPoints ?? 0;
    if (lines >= MAX_OF_ALL) return 'none';
    const { consumedPoints } = await byNetwork.penalty(networkOf(address));
    if (consumedPoints > MAX_A_MINUTE) return 'none';
    await ofAll.penalty(ALL);
    return consumedPoints === MAX_A_MINUTE ? 'last' : 'full';
  };
}

/** Whoever has an IPv6 address has 2^64 of them; behind a trusted proxy it may be any text. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'other';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6'
    ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':')
    : parsed.toString();
}

/** Gives up on a request whose body is not here in time: 408, and the connection is closed. */
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
