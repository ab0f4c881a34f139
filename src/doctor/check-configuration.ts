import { type Config, ConfigError } from '../config/config.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'configuration';

/** Reads the configuration. @returns `config` is null when it is invalid */
export function checkConfiguration(read: () => { config: Readonly<Config>; warnings: string[] }): {
  config: Readonly<Config> | null;
  findings: Finding[];
} {
  try {
    const { config, warnings } = read();
    const found = warnings.map((warning) => problem('warning', NAME, warning, null));
    const good = ok(NAME, 'every variable is valid');
    return { config, findings: found.length > 0 ? found : [good] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const found = error.problems.map((text) => problem('failed', NAME, text, null));
    const remedy = 'Every variable is explained in .env.example.';
    const rest = problem('skipped', 'everything else', 'fix the configuration first', remedy);
    return { config: null, findings: [...found, rest] };
  }
}
