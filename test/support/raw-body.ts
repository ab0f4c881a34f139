/** A parser for supertest that leaves the body as the bytes that came. */
export function rawBody(
  // biome-ignore lint/suspicious/noExplicitAny: supertest's types name a browser's response here.
  response: any,
  done: (error: Error | null, body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
}
