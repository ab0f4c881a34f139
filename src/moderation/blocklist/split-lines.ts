/** Longer than every line of a hash list; a file without line ends is not collected in memory. */
const MOST_LENGTH = 1000;

/**
 * The lines of a text in UTF-8, without their ends (LF or CR LF) and without a byte order mark, as many
 * at once as a piece of it ends. A longer line than 1,000 characters is null.
 *
 * @throws what `source` throws
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<(string | null)[]> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const piece of source) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const ended: (string | null)[] = lines.map((line) => (line.length > MOST_LENGTH ? null : line));
    if (isTooLong && ended.length > 0) ended[0] = null;
    isTooLong = rest.length > MOST_LENGTH || (isTooLong && ended.length === 0);
    if (isTooLong) rest = '';
    yield ended;
  }
  rest += decoder.decode();
  if (isTooLong) yield [null];
  else if (rest !== '') yield [rest];
}
