import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The result of one shell example of a document. */
export interface ExampleRun {
  /** Its lines as in the document. */
  text: string;
  /** Its standard output. */
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
 * Runs shell examples one after the other in one shell, as a reader who copies them would: with the `.env` of
 * the folder, whose variables are not set in the shell itself. Of npm's commands only `npm run cli`, `npm run capacity`
 * and `npm sbom` are run; other tests cover start, test and bench.
 *
 * @param config.folder working directory, with `.env` and the files to upload
 * @param config.replace placeholders in the documents, and their values
 * @param config.timeoutMs for all of them; two minutes by default
 */
export async function runExamples(
  blocks: readonly string[],
  config: {
    folder: string;
    replace: readonly (readonly [string, string])[];
    timeoutMs?: number;
  },
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
    timeout: config.timeoutMs ?? 120_000,
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

// An event stream never ends, so it is closed after its first line. `npm run cli` reads `.env` from the
// project's folder; here it must read the one of the examples.
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
  elif [ "$1 $2" = 'run capacity' ]; then
    shift 3
    node "$ROOT/bench/simulate-capacity.ts" "$@"
    echo $? >&4
  elif [ "$1" = sbom ]; then
    command npm "$@"
    echo $? >&4
  fi
}
`;
