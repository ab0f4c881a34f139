import type { components, operations } from '../../../src/client/api-types.d.ts';

// What the API answers, by the names of its reference.

export type Act = components['schemas']['Act'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditQuery = NonNullable<operations['exportAudit']['parameters']['query']>;
export type BlocklistEntry = components['schemas']['BlocklistEntry'];
export type Claim = components['schemas']['Claim'];
export type ClaimedItem = components['schemas']['ClaimedItem'];
export type Deletion = components['schemas']['Deletion'];
export type DeletionTarget = components['schemas']['DeletionTarget'];
export type Erasure = components['schemas']['Erasure'];
export type Figures = components['schemas']['Figures'];
export type MediaItem = components['schemas']['MediaItem'];
export type MediaLinks = components['schemas']['MediaLinks'];
export type Message = components['schemas']['Message'];
export type Note = components['schemas']['Note'];
export type Queue = components['schemas']['Queue'];
export type ReasonCode = components['schemas']['ReasonCode'];
export type Report = components['schemas']['Report'];
export type Sender = components['schemas']['Sender'];
export type SimilarMedia = components['schemas']['SimilarMedia'];
export type MediaBucket = components['schemas']['MediaBucket'];
export type Story = components['schemas']['Story'];
export type Caller = operations['whoami']['responses'][200]['content']['application/json'];
export type Problem = components['schemas']['Problem'];
export type Session = components['schemas']['Session'];
export type MediaQuery = NonNullable<operations['listMedia']['parameters']['query']>;
type Buckets = operations['listMediaBuckets'];
export type BucketsQuery = NonNullable<Buckets['parameters']['query']>;
export type BucketsPage = Buckets['responses'][200]['content']['application/json'];
export type MessagesPage =
  operations['listMessages']['responses'][200]['content']['application/json'];
