import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A Twilio stand-in written from Twilio's documentation alone, without code of this project or of the
 * official library, so that a misunderstanding shared by both is found.
 */
export interface ForeignTwilio {
  apiBaseUrl: string;
  mediaHost: string;
  /** Sids of media that a DELETE arrived for. */
  deleted: string[];
  /** Registers media and returns the webhook's parameters for them. */
  message(files: { bytes: Buffer; contentType: string }[]): Record<string, string>;
  /** Posts the webhook. */
  post(baseUrl: string, params: Record<string, string>): Promise<{ status: number; body: string }>;
  stop(): void;
}

export async function startForeignTwilio(account: {
  sid: string;
  authToken: string;
}): Promise<ForeignTwilio> {
  const files = new Map<string, { bytes: Buffer; contentType: string }>();
  const deleted: string[] = [];
  const basic = `Basic ${Buffer.from(`${account.sid}:${account.authToken}`).toString('base64')}`;

  const media = await listen(
    createServer((request, response) => {
      const file = files.get(request.url?.slice(1) ?? '');
      if (request.headers.authorization !== undefined || file === undefined) {
        response.writeHead(400).end('Only one auth mechanism allowed');
        return;
      }
      response.writeHead(200, { 'content-type': file.contentType }).end(file.bytes);
    }),
  );
  const api = await listen(
    createServer((request, response) => {
      const sid = /\/Media\/(ME[0-9a-f]{32})(\.json)?$/.exec(request.url ?? '')?.[1] ?? '';
      if (request.headers.authorization !== basic) {
        response.writeHead(401).end();
      } else if (request.method === 'DELETE') {
        deleted.push(sid);
        response.writeHead(204).end();
      } else {
        response.writeHead(307, { location: `http://${media.host}/${sid}` }).end();
      }
    }),
  );

  let counter = 0;
  const nextSid = (prefix: string) => {
    counter += 1;
    return prefix + counter.toString(16).padStart(32, '0');
  };
  return {
    apiBaseUrl: `http://${api.host}`,
    mediaHost: media.host,
    deleted,
    message(attachments) {
      const MessageSid = nextSid('MM');
      const params: Record<string, string> = {
        MessageSid,
        AccountSid: account.sid,
        From: '+15550100001',
        To: '+15550109999',
        Body: '',
        NumMedia: String(attachments.length),
      };
      for (const [index, file] of attachments.entries()) {
        const sid = nextSid('ME');
        files.set(sid, file);
        params[`MediaContentType${index}`] = file.contentType;
        params[`MediaUrl${index}`] =
          `http://${api.host}/2010-04-01/Accounts/${account.sid}/Messages/${MessageSid}/Media/${sid}`;
      }
      return params;
    },
    async post(baseUrl, params) {
      const url = `${baseUrl}/twilio/incoming`;
      const text = Object.keys(params)
        .sort()
        .reduce((signed, name) => signed + name + params[name], url);
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': createHmac('sha1', account.authToken).update(text).digest('base64'),
        },
        body: new URLSearchParams(params),
      });
      return { status: response.status, body: await response.text() };
    },
    stop() {
      for (const { server } of [api, media]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listen(server: Server): Promise<{ server: Server; host: string }> {
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
