import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { createAddressList } from '../net/address-list.ts';
import { isLoopbackHost, isPrivateName } from '../net/host-port.ts';
import { hashSecret } from './api-keys.ts';
import { type Authenticate, bearerSecret, hasRole, unauthorized } from './authentication.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';
import type { SignInProxy } from './sign-in-proxy.ts';

/** Who may see how a deployment does: its metrics, and the details of `/readyz`. */
export interface OperatorAccess {
  /** Refuses everybody else: 401 without a valid key, 403 with the key of a role below admin. */
  require: RequestHandler;
  /** Never rejects: a key that cannot be looked up counts as none. */
  isOperator(request: Request, response: Response): Promise<boolean>;
}

interface LoopbackOptions {
  publicUrl: string | undefined;
  /** As Express' "trust proxy". */
  trustProxy: boolean | number | string[];
  signInProxy: SignInProxy | undefined;
}

/** Operators are who sends `OPS_TOKEN`, an admin, and who connects from the same machine while there is no proxy. */
export function createOperatorAccess(
  options: LoopbackOptions & { opsToken: string | undefined; authenticate: Authenticate },
): OperatorAccess {
  const { opsToken, authenticate } = options;
  const isOnThisMachine = createIsOnThisMachine(options);
  const opsHash = opsToken === undefined ? undefined : hashSecret(opsToken);

  /** @throws AppError `unauthorized`, `forbidden` and the other errors of `authenticate` */
  async function letOperatorIn(request: Request, response: Response): Promise<string> {
    const secret = bearerSecret(request.get('authorization') ?? '');
    if (secret !== undefined && opsHash !== undefined) {
      // Of the hashes, which have the same length.
      if (equalInConstantTime(hashSecret(secret), opsHash)) return 'OPS_TOKEN';
    }
    if (isOnThisMachine(request)) return 'this machine';
    const { caller } = await authenticate(request, response).catch((error) => {
      throw secret === undefined && codeOf(error) === 'unauthorized'
        ? unauthorized('Send `Authorization: Bearer` with OPS_TOKEN or the key of an admin.')
        : error;
    });
    if (hasRole(caller, 'admin')) return caller.name;
    throw new AppError(
      'forbidden',
      `This requires the role admin or OPS_TOKEN; the caller has ${caller.role}.`,
    );
  }

  return {
    async require(request, response, next) {
      request.log.setBindings({ caller: await letOperatorIn(request, response) });
      next();
    },
    isOperator: (request, response) =>
      letOperatorIn(request, response).then(
        () => true,
        () => false,
      ),
  };
}

/** Headers by which proxies tell that a request was sent to them first. */
const OF_PROXIES = /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|cf-.*|(?:.*-)?client-ip)$/;

/**
 * Whether a request was sent from this machine to this server. For a server behind a proxy on the same machine
 * every connection comes from there, and the proxy may set no header and pass on the `Host` that a client chose. So
 * nobody counts while `TRUST_PROXY` or a public `PUBLIC_URL` says that there is a proxy. Otherwise a header of a
 * proxy, a `Host` other than this machine, and the address of the sign-in proxy say that a request came through one.
 */
export function createIsOnThisMachine(options: LoopbackOptions): (request: Request) => boolean {
  const { publicUrl, trustProxy, signInProxy } = options;
  const isPublic = publicUrl !== undefined && !isPrivateName(new URL(publicUrl).hostname);
  const isProxied = isPublic || trustProxy !== false;
  const isSignInProxy =
    signInProxy === undefined ? () => false : createAddressList(signInProxy.addresses);
  return ({ socket, headers }) => {
    const peer = socket.remoteAddress;
    if (isProxied || peer === undefined || !isLoopbackHost(peer) || isSignInProxy(peer)) {
      return false;
    }
    const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
    return isLoopbackHost(host) && !Object.keys(headers).some((name) => OF_PROXIES.test(name));
  };
}
