import { auditOperations } from '../audit/audit-operations.ts';
import { backupOperations } from '../backup/backup-operations.ts';
import { deskOperations } from '../desk/desk-operations.ts';
import { figuresOperations } from '../desk/figures-operations.ts';
import { storyOperations } from '../desk/story-operations.ts';
import { deliveryOperations } from '../events/deliveries/delivery-operations.ts';
import { endpointOperations } from '../events/endpoints/endpoints-operations.ts';
import { streamOperations } from '../events/stream/stream-operations.ts';
import { exportOperations } from '../exports/exports-operations.ts';
import { bucketOperations } from '../gallery/bucket-operations.ts';
import { caughtOperations } from '../gallery/caught-operations.ts';
import { galleryOperations } from '../gallery/gallery-operations.ts';
import { pageStartOperations } from '../gallery/page-start-operations.ts';
import { renditionOperations } from '../gallery/rendition-operations.ts';
import { similarOperations } from '../gallery/similar-operations.ts';
import { monitoringOperations } from '../http/monitoring-operations.ts';
import { createOpenApiDocument } from '../http/openapi-document.ts';
import type { Operation, Tag } from '../http/operation.ts';
import { SECURITY_SCHEMES } from '../http/security-schemes.ts';
import { inboundOperations } from '../inbound/inbound-operations.ts';
import { refusedWebhooksOperations } from '../inbound/refusals/refused-webhooks-operations.ts';
import { keyOperations } from '../keys/keys-operations.ts';
import { whoamiOperations } from '../keys/whoami.ts';
import { mediaOperations } from '../media/media-operations.ts';
import { actOperations } from '../moderation/acts/acts-operations.ts';
import { blocklistOperations } from '../moderation/blocklist/blocklist-operations.ts';
import { bulkOperations } from '../moderation/bulk/bulk-operations.ts';
import { deletionsOperations } from '../moderation/deletions/deletions-operations.ts';
import { moderationOperations } from '../moderation/moderation-operations.ts';
import { noteOperations } from '../moderation/notes/notes-operations.ts';
import { reasonCodeOperations } from '../moderation/reason-codes/reason-codes-operations.ts';
import { reportOperations } from '../moderation/reports/reports-operations.ts';
import { sendersOperations } from '../moderation/senders/senders-operations.ts';
import { VERSION } from '../monitoring/version.ts';
import { flowOperations } from '../operating/flow-operations.ts';
import { healthOperations } from '../operating/health-operations.ts';
import { snapshotOperations } from '../operating/snapshot-operations.ts';
import { pageOperations } from '../page/page-operations.ts';
import { rebuildOperations } from '../preview/rebuild-operations.ts';
import { reconciliationOperations } from '../reconciliation/reconciliation-operations.ts';
import { sessionOperations } from '../sessions/sessions-operations.ts';
import { transcriptOperations } from '../transcripts/transcript-operations.ts';
import { twilioError, twilioOperations } from '../twilio-api/twilio-operations.ts';
import { verificationOperations } from '../verification/verification-operations.ts';
import { referenceOperations } from './reference-operations.ts';
import { createWebhooks } from './webhooks.ts';

/** Every operation of a receiver. */
export const OPERATIONS: readonly Operation[] = [
  galleryOperations,
  bucketOperations,
  pageStartOperations,
  similarOperations,
  renditionOperations,
  mediaOperations,
  transcriptOperations,
  moderationOperations,
  reportOperations,
  storyOperations,
  reasonCodeOperations,
  noteOperations,
  deskOperations,
  figuresOperations,
  actOperations,
  bulkOperations,
  deletionsOperations,
  blocklistOperations,
  caughtOperations,
  sendersOperations,
  endpointOperations,
  deliveryOperations,
  streamOperations,
  exportOperations,
  backupOperations,
  rebuildOperations,
  reconciliationOperations,
  verificationOperations,
  keyOperations,
  sessionOperations,
  whoamiOperations,
  auditOperations,
  inboundOperations,
  refusedWebhooksOperations,
  twilioOperations,
  monitoringOperations,
  healthOperations,
  snapshotOperations,
  flowOperations,
  referenceOperations,
  pageOperations,
].flatMap((operations): Operation[] => Object.values(operations));

const TAGS: Record<Tag, string> = {
  media: 'Attachments: list, show, import, export, fetch again.',
  messages: 'Messages with their attachments.',
  moderation: 'Decisions about attachments and messages.',
  queues: 'What waits for moderators, and who works on what.',
  'bulk acts': 'One action on many attachments.',
  deletions: 'The progress of deletions, here and at Twilio.',
  senders: 'Decisions about senders; export and erasure.',
  blocklist: 'Hashes of files that are kept out.',
  events: 'Endpoints that events are sent to, and the event stream. Its webhooks are at the end.',
  administration: 'Keys, sessions, audit log, previews, reconciliation, refused webhooks.',
  monitoring: 'Health, metrics, this document.',
  Twilio: "The webhook that Twilio calls, and Twilio's Media resource.",
};

const DESCRIPTION = `Inbound MMS from Twilio: attachments, messages, moderation. A guide with examples by task is docs/api.md.

- Times are ISO 8601 in UTC, sizes are bytes and pixels. Parameters take dates (\`2026-01-31\`, midnight UTC) and date-times with any offset.
- Unknown parameters and fields are refused by name.
- Errors are \`application/problem+json\` with a stable \`code\`. Under \`/2010-04-01\` they have Twilio's form.
- Lists have \`nextCursor\`, and the URL of the next page in \`Link\`.
- Every answer has \`X-Request-Id\`, and the log has the request under it.
- Answers may get new fields.`;

/** The API as an OpenAPI 3.1 document. */
export function createApiDocument() {
  return createOpenApiDocument(
    {
      info: {
        title: 'mms-inbox',
        version: VERSION,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // Relative to this document.
      servers: [{ url: '.', description: 'This server.' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: SECURITY_SCHEMES },
      webhooks: createWebhooks(),
    },
    OPERATIONS,
    { basic: twilioError },
  );
}
