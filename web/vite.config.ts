import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'baseline-widely-available',
    // The policy of the page allows files of this server only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // A slow machine is no reason for a warning at the start of the server.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [
    compression({
      algorithms: ['gzip', 'brotliCompress'],
      include: /\.(js|css|svg)$/,
      threshold: 1000,
    }),
  ],
});
