/** Every act that is kept in the audit log. */
export const AUDIT_ACTIONS = [
  'media.approve',
  'media.hold',
  'media.quarantine',
  'media.reveal',
  'media.pin',
  'media.unpin',
  'media.delete',
  'message.delete',
  'deletion.retry',
  'sender.update',
  'sender.export',
  'sender.erase',
  'blocklist.add',
  'blocklist.upload',
  'blocklist.apply',
  'blocklist.remove',
  'endpoint.create',
  'endpoint.update',
  'endpoint.delete',
  'endpoint.rotate-secret',
  'key.create',
  'key.revoke',
  'audit.export',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
