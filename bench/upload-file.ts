import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';

const BOUNDARY = 'one-file';
const HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="file"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n',
);
const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/**
 * Imports one file over HTTP. It hands the bytes to the socket as they are: a client that copies
 * them (`fetch` takes 20 ms of processor time for 5 MB, this 3) would be measured, too.
 *
 * @returns its sid
 */
export async function uploadFile(baseUrl: string, key: string, file: Buffer): Promise<string> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': HEAD.length + file.length + END.length,
  };
  const upload = request(`${baseUrl}/api/v1/media`, { method: 'POST', headers });
  for (const part of [HEAD, file]) upload.write(part);
  upload.end(END);
  const [response] = await once(upload, 'response');
  if (response.statusCode !== 201) throw new Error(`an upload got ${response.statusCode}`);
  const { items } = (await json(response)) as { items: { sid: string }[] };
  return items[0]?.sid ?? '';
}
