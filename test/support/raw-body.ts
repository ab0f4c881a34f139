/** A supertest parser that returns the body as raw bytes. */
export function rawBody(
  // biome-ignore lint/suspicious/noExplicitAny: supertest's types have a browser's response here.
  response: any,
  done: (error: Error | null, body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
}
