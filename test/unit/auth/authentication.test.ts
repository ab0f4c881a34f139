import express from 'express';
import supertest from 'supertest';
import { expect, test, vi } from 'vitest';
import { createAuthenticate } from '../../../src/auth/authentication.ts';
import { createSessionCookie } from '../../../src/auth/session-cookie.ts';
import { sendProblem } from '../../../src/http/problem.ts';

test('what a page of another origin requests does not even extend a session', async () => {
  const findSession = vi.fn(async () => null);
  const authenticate = createAuthenticate({
    apiKeys: { authenticate: async () => null, find: async () => null },
    sessions: { authenticate: findSession, isValid: async () => true },
    cookie: createSessionCookie(undefined),
    readProxyUser: () => null,
    noteRefusal: async () => true,
    publicUrl: undefined,
  });
  const app = express()
    .use(async (request, response) => void (await authenticate(request, response)))
    .use(sendProblem);
  const get = () => supertest(app).get('/').set('Cookie', 'mms_inbox_session=x');
  await get().set('Sec-Fetch-Site', 'same-site').expect(403);
  expect(findSession).not.toHaveBeenCalled();
  await get().set('Sec-Fetch-Site', 'same-origin').expect(401);
  expect(findSession).toHaveBeenCalledWith('x');
});
