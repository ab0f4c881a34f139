import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What one shell example of a document did. */
export interface ExampleRun {
  /** Its lines as they stand in the document. */
  text: string;
  /** What it wrote to standard output. */
  output: string;
  /** HTTP status of each `curl`, in order. */
  statuses: number[];
  /** Exit code of each `npm run cli`, in order. */
  exitCodes: number[];
}

/** The `sh` blocks of a Markdown file of the project, in order. */
export async function readExamples(path: string): Promise<string[]> {
  const markdown = await readFile(join(ROOT, path), 'utf8');
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
}

/**
 * Runs shell examples one after the other in one shell, as somebody who copies them would: with what
 * `.env` of the folder says, and nothing of it in the shell itself. Of npm's commands only
 * `npm run cli` is run; other tests start, test and measure.
 *
 * @param config.folder where they run: has `.env` and the files that are uploaded
 * @param config.replace words of the documents that stand for something of the reader's own
 */
export async function runExamples(
  blocks: readonly string[],
  config: { folder: string; replace: readonly (readonly [string, string])[] },
): Promise<ExampleRun[]> {
  const ours = (text: string) =>
    config.replace.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
  const script = blocks.map(
    (block, index) =>
      `exec >"$LOGS/${index}.out" 3>"$LOGS/${index}.http" 4>"$LOGS/${index}.cli"\n${ours(block)}`,
  );
  const logs = config.folder;
  await writeFile(join(config.folder, 'examples.sh'), PRELUDE + script.join('\n'));
  await promisify(execFile)('bash', ['examples.sh'], {
    cwd: config.folder,
    env: { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, LOGS: logs, ROOT },
    timeout: 120_000,
  });
  return Promise.all(
    blocks.map(async (text, index) => {
      const read = (kind: string) => readFile(join(logs, `${index}.${kind}`), 'utf8');
      const numbers = async (kind: string) =>
        (await read(kind)).split('\n').filter(Boolean).map(Number);
      return {
        text,
        output: await read('out'),
        statuses: await numbers('http'),
        exitCodes: await numbers('cli'),
      };
    }),
  );
}

// A stream has no end: it is hung up on after its first line. `npm run cli` takes `.env` from the folder
// of the project; here it is the one of the examples.
const PRELUDE = String.raw`set -u
curl() {
  case " $* " in
    *' -N '*) first_line_of "$@" ;;
    *) command curl --silent --max-time 30 --write-out '%{stderr}%{http_code}\n' "$@" 2>&3 ;;
  esac
}
first_line_of() {
  command curl --silent --max-time 30 --dump-header stream.head "$@" >stream.body &
  until [ -s stream.body ] || ! kill -0 $! 2>/dev/null; do sleep 0.05; done
  kill $! 2>/dev/null
  wait $!
  sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' stream.head >&3
  head -n 1 stream.body
}
npm() {
  if [ "$1 $2" = 'run cli' ]; then
    shift 3
    node --env-file=.env "$ROOT/src/cli.ts" "$@" </dev/null
    echo $? >&4
  fi
}
`;
