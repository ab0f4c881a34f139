import { Option } from 'commander';

/** Of a command that prints a list or a table of results. */
export interface JsonFlag {
  json?: boolean;
}

/** `--json`: the standard output is one JSON document, for programs. */
export const jsonOption = (): Option => new Option('--json', 'print the result as JSON');

export function printJson(result: unknown): void {
  console.log(JSON.stringify(result, null, 2));
}
