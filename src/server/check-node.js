// Plain JavaScript, which every Node version can run. The rest is TypeScript: a Node without type
// stripping fails with ERR_UNKNOWN_FILE_EXTENSION before any of it runs. The npm scripts run this first.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `mms-inbox needs Node 22.18 or newer, and this is ${process.versions.node}. On Linux (x64, arm64, glibc) ` +
      'Node 24 comes with the optional packages of `npm ci`; elsewhere, or where those were left out, install it.',
  );
  process.exit(1);
}
