import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

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
