import type supertest from 'supertest';
import type { Role } from '../../src/generated/prisma/client.ts';
import { checkedRequest } from './checked-requests.ts';
import type { TestInbox } from './test-inbox.ts';

export type CallAs = (
  method: 'get' | 'post' | 'delete' | 'head' | 'put' | 'patch',
  path: string,
) => supertest.Test;

/**
 * Creates a key with a role.
 *
 * @param name of the key; the name of the role by default
 * @returns calls the API with that key
 */
export async function callAs(inbox: TestInbox, role: Role, name: string = role): Promise<CallAs> {
  const { body } = await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
  return (method, path) =>
    checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${body.secret}`);
}
