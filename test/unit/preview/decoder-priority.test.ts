import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// Without privileges a process may lower its priority, but not raise it: nice 19 must not become nice 10.
test('a server with a lower priority than its decoders has decoders that start', async () => {
  const module = new URL('../../../src/preview/preview-pool.ts', import.meta.url).href;
  const script = `import { createPreviewPool } from ${JSON.stringify(module)};
    const pool = createPreviewPool({ concurrency: 1, toolPath: process.env.PATH, onCrash: ({ stderr }) => console.error(stderr) });
    const { kinds } = await pool.capabilities();
    console.log(kinds.map(({ name }) => name).join());
    pool.close();`;
  const args = ['-n', '19', process.execPath, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)('nice', args);
  expect(stdout.split(',')).toContain('image');
});
