import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { startFauxqs } from 'fauxqs';

// Entry of a process that is a slow bucket: it passes requests on to an S3 server that keeps objects in a folder, all
// bodies together at a rate, and answers some writes with 503 SlowDown instead.
//
//   slow-s3.ts <folder> <bytes a second, 0 for no limit> <share of writes that are refused>
//
// Started with IPC, it reports once the URL for BLOB_STORE_URL.

const BUCKET = 'bench-bucket';
const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>SlowDown</Message></Error>';

const [folder = '', rate = '0', refused = '0'] = process.argv.slice(2);
const store = await startFauxqs({
  port: 0,
  host: '127.0.0.1',
  logger: false,
  s3StorageDir: folder,
  init: { buckets: [BUCKET] },
});

let free = 0;
/** Resolves when the bytes have had their turn at the rate. */
async function takeTurn(bytes: number): Promise<void> {
  const now = performance.now();
  free = Math.max(free, now) + (bytes * 1000) / Number(rate);
  await new Promise((resume) => setTimeout(resume, free - now));
}

function atRate(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (rate === '0') return done(null, chunk);
      void takeTurn(chunk.length).then(() => done(null, chunk));
    },
  });
}

const server = createServer((incoming, answer) => {
  const { method = 'GET', url = '/', headers } = incoming;
  if (method === 'PUT' && Math.random() < Number(refused)) {
    incoming.resume();
    incoming.on('end', () => answer.writeHead(503).end(SLOW_DOWN));
    return;
  }
  const passed = request({ port: store.port, host: '127.0.0.1', method, path: url, headers });
  passed.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(atRate()).pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  incoming.on('error', () => passed.destroy());
  incoming.pipe(atRate()).pipe(passed);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.send?.(`s3://${BUCKET}?endpoint=http://127.0.0.1:${port}`);
process.on('disconnect', () => process.exit());
