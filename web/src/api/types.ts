import type { components, operations } from '../../../src/client/api-types.d.ts';

// What the API answers, by the names of its reference.

export type Act = components['schemas']['Act'];
export type ApiKey = components['schemas']['ApiKey'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditQuery = NonNullable<operations['exportAudit']['parameters']['query']>;
export type BlocklistEntry = components['schemas']['BlocklistEntry'];
export type BulkAct = components['schemas']['BulkAct'];
export type BulkBody = NonNullable<
  operations['beginBulkAct']['requestBody']
>['content']['application/json'];
export type BulkItem = components['schemas']['BulkItem'];
export type CaughtMedia = components['schemas']['CaughtMedia'];
export type Claim = components['schemas']['Claim'];
export type ClaimedItem = components['schemas']['ClaimedItem'];
export type Deletion = components['schemas']['Deletion'];
export type DeletionTarget = components['schemas']['DeletionTarget'];
export type Delivery = components['schemas']['Delivery'];
export type Endpoint = components['schemas']['Endpoint'];
export type Erasure = components['schemas']['Erasure'];
export type Figures = components['schemas']['Figures'];
export type Flow = components['schemas']['Flow'];
export type Health = components['schemas']['Health'];
export type HealthPart = components['schemas']['HealthPart'];
export type MediaItem = components['schemas']['MediaItem'];
export type MediaLinks = components['schemas']['MediaLinks'];
export type Message = components['schemas']['Message'];
export type Note = components['schemas']['Note'];
export type Reconciliation = components['schemas']['Reconciliation'];
export type Proposal = components['schemas']['Proposal'];
export type Queue = components['schemas']['Queue'];
export type QueueItem = components['schemas']['QueueItem'];
export type ReasonCode = components['schemas']['ReasonCode'];
export type RefusedWebhooks = components['schemas']['RefusedWebhooks'];
export type Report = components['schemas']['Report'];
export type Sender = components['schemas']['Sender'];
export type SimilarMedia = components['schemas']['SimilarMedia'];
export type SimilarToMedia = components['schemas']['SimilarToMedia'];
export type NewAct = operations['createAct']['requestBody']['content']['application/json'];
export type MediaBucket = components['schemas']['MediaBucket'];
export type Sweep = components['schemas']['Sweep'];
export type Strikes = components['schemas']['Strikes'];
export type Story = components['schemas']['Story'];
export type Caller = operations['whoami']['responses'][200]['content']['application/json'];
export type Problem = components['schemas']['Problem'];
export type SignInLink = components['schemas']['SignInLink'];
export type Session = components['schemas']['Session'];
export type MediaQuery = NonNullable<operations['listMedia']['parameters']['query']>;
type Buckets = operations['listMediaBuckets'];
export type BucketsQuery = NonNullable<Buckets['parameters']['query']>;
export type BucketsPage = Buckets['responses'][200]['content']['application/json'];
export type MessagesPage =
  operations['listMessages']['responses'][200]['content']['application/json'];
