import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, ModifiableInstruction } from 'dockerfile-ast';
import { z } from 'zod';
import { ROOT } from '../../src/lifecycle/project-files.ts';

/** A line of the Dockerfile: `COPY`, its flags by name, and what follows them, with continued lines joined. */
export interface DockerfileLine {
  keyword: string;
  flags: Record<string, string>;
  text: string;
}

export const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

export function readDockerfile(): DockerfileLine[] {
  const lines = DOCKERFILE.replaceAll(/^#.*\n/gm, '');
  return DockerfileParser.parse(lines)
    .getInstructions()
    .map((instruction) => {
      const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
      return {
        keyword: instruction.getKeyword(),
        flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
        text: (instruction.getArgumentsContent() ?? '').trim(),
      };
    });
}

/** The exec form of CMD and HEALTHCHECK CMD: the only one whose process gets the signals itself. */
export function execForm(text: string): string[] {
  return z
    .array(z.string())
    .min(1)
    .parse(JSON.parse(text.replace(/^CMD /, '')));
}

/** The packages that `apt-get install` is told to install. */
export function debianPackages(command: string): string[] {
  const [, words = ''] = /apt-get install ([^&]*)/.exec(command) ?? [];
  return words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
}
