import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makePictures, type PictureSize, pictureOf } from './pipeline-pictures.ts';

// Entry of a process that stands in for Twilio: its API checks the credentials of a media URL and redirects
// to its media host on another port, which serves the picture, as fast as both can. All of it is in memory.
//
//   fake-twilio.ts <mms|photo|padded> <account sid> <auth token>
//
// Started with IPC, it reports once where it listens (FakeTwilioReport).

/** Where it listens, and how large its pictures are. */
export interface FakeTwilioReport {
  apiUrl: string;
  /** `host:port` of the media host. */
  mediaHost: string;
  /** In bytes, of each picture. */
  pictureSizes: number[];
}

const MEDIA_PATH = /^\/2010-04-01\/Accounts\/(AC\w{32})\/Messages\/\w{34}\/Media\/(ME\w{32})$/;

const [size, accountSid, authToken] = process.argv.slice(2);
const credentials = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
const pictures = await makePictures(size as PictureSize);

const mediaPort = await listen((request, response) => {
  const [, sid] = /^\/(ME\w{32})$/.exec(request.url ?? '') ?? [];
  // S3 refuses requests with credentials that it does not know.
  if (sid === undefined || request.headers.authorization !== undefined) {
    return void response.writeHead(400).end();
  }
  const picture = pictureOf(pictures, sid);
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': picture.length });
  response.end(picture);
});

const apiPort = await listen((request, response) => {
  const [, account, sid] = MEDIA_PATH.exec(request.url ?? '') ?? [];
  if (account !== accountSid) return void response.writeHead(404).end();
  if (request.headers.authorization !== credentials) return void response.writeHead(401).end();
  response.writeHead(307, {
    location: `http://127.0.0.1:${mediaPort}/${sid}`,
    'content-length': 0,
  });
  response.end();
});

const report: FakeTwilioReport = {
  apiUrl: `http://127.0.0.1:${apiPort}`,
  mediaHost: `127.0.0.1:${mediaPort}`,
  pictureSizes: pictures.map(({ length }) => length),
};
process.send?.(report);
process.on('disconnect', () => process.exit());

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
