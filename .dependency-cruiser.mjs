// The layers of docs/architecture.md, lowest first: a folder imports only from folders before it.
export const LAYERS = [
  'errors',
  'lifecycle',
  'monitoring',
  'files',
  'database',
  'jobs',
  'net',
  'http',
  'auth',
  'audit',
  'keys',
  'twilio',
  'events',
  'pdq',
  'inbound',
  'media',
  'preview',
  'moderation',
  'screening',
  'gallery',
  'reconciliation',
  'twilio-api',
  'reference',
  'simulator',
  'config',
  'server',
  'client',
  'doctor',
  'cli',
];

const noImportsUpwards = LAYERS.map((folder, index) => ({
  name: `layers: ${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(?!generated/|(${LAYERS.slice(0, index + 1).join('|')})/)` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-folder-is-a-layer',
      comment: 'A new folder gets a place in LAYERS and a line in docs/architecture.md.',
      severity: 'error',
      from: { path: `^src/(?!generated/|(${LAYERS.join('|')})/|main\\.ts|cli\\.ts)` },
      to: {},
    },
    ...noImportsUpwards,
    {
      name: 'simulator-stands-alone',
      comment: 'It stands in for Twilio, and must not share the mistakes of what it tests.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/(?!simulator/)' },
    },
    {
      name: 'express-in-routers-only',
      severity: 'error',
      comment: 'Besides routers: what reads a request or sends a file for several of them.',
      from: {
        path: '^src/',
        pathNot: [
          '-(router|routes)\\.ts$',
          '^src/(http|auth|server|simulator)/',
          '^src/gallery/(access|send-media)\\.ts$',
          '^src/inbound/(webhook-request|request-limits|diagnosis/.*)\\.ts$',
          '^src/media/uploads\\.ts$',
          '^src/twilio-api/basic-auth\\.ts$',
        ],
      },
      to: { path: 'node_modules/express/' },
    },
    {
      name: 'sharp-in-preview-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(preview|simulator/samples)/' },
      to: { path: 'node_modules/sharp/' },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '^src/generated'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
