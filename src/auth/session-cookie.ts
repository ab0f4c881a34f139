import type { CookieOptions, Request, Response } from 'express';

/** The cookie that holds the secret of a session. */
export interface SessionCookie {
  /**
   * What the request sends as cookie: anything. Undefined without one. Of several none counts, because only
   * another page of the same site can have added one.
   */
  read(request: Request): string | undefined;
  set(request: Request, response: Response, secret: string, expiresAt: Date): void;
  clear(request: Request, response: Response): void;
}

const NAME = 'mms_inbox_session';
/** Browsers accept the prefix only by https, for this host alone, with `Path=/`: no other host can set it. */
const SECURE_PREFIX = '__Host-';

/** @param publicUrl of the configuration */
export function createSessionCookie(publicUrl: string | undefined): SessionCookie {
  const isPublicByHttps = URL.parse(publicUrl ?? '')?.protocol === 'https:';
  const isSecure = (request: Request) => isPublicByHttps || request.secure;
  const nameFor = (request: Request) => (isSecure(request) ? SECURE_PREFIX + NAME : NAME);
  const optionsFor = (request: Request): CookieOptions => ({
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: isSecure(request),
  });

  return {
    read(request) {
      const prefix = `${nameFor(request)}=`;
      const values = (request.get('cookie') ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length));
      if (values.length > 1) return '';
      return values[0];
    },
    set(request, response, secret, expiresAt) {
      response.cookie(nameFor(request), secret, { ...optionsFor(request), expires: expiresAt });
    },
    clear(request, response) {
      response.clearCookie(nameFor(request), optionsFor(request));
    },
  };
}
