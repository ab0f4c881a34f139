// Plain JavaScript, as everything in this folder: every Node version can run it, and tell what it lacks.

/** Whether this version of Node strips types, and has what else the server uses. */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

export const REQUIREMENT =
  `mms-inbox needs Node 22.18 or newer, and this is ${process.versions.node}. On Linux (x64, arm64, glibc) ` +
  'Node 24 comes with the optional packages of `npm ci` and `npm install`; elsewhere, or where those were left ' +
  'out, install it.';
