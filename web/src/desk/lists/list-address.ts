// The lists of the desk, and what of them the address bar says. A sender's number is never in it.

const DESK_LISTS = {
  deletions: { state: /^(open|stuck|completed)$/ },
  blocklist: { kind: /^(sha256|pdq)$/, hash: /^[0-9a-f]{64}$/ },
  senders: { policy: /^(quarantine|refuse)$/, muted: /^true$/ },
  bulk: {},
  audit: {
    actor: /^[\x20-\x7e]{1,100}$/,
    action: /^[a-z.-]{1,40}$/,
    target: /^[\x20-\x7e]{1,100}$/,
    since: /^\d{4}-\d\d-\d\d$/,
    until: /^\d{4}-\d\d-\d\d$/,
  },
  codes: {},
  figures: {},
} as const;

/** For admins. */
const OPERATE_LISTS = {
  operate: {},
  refused: {},
  fetches: { state: /^pending$/ },
  endpoints: {
    endpoint: /^ep_[0-9a-f]{24}$/,
    state: /^(pending|delivered|failed)$/,
  },
  reconciliations: {},
  keys: {},
  sessions: {},
} as const;

const LISTS = { ...DESK_LISTS, ...OPERATE_LISTS };

export type OperateName = keyof typeof OPERATE_LISTS;
export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(DESK_LISTS) as (keyof typeof DESK_LISTS)[];
export const OPERATE_NAMES = Object.keys(OPERATE_LISTS) as OperateName[];

/** By field; only those of the list. */
export type ListFilter = Readonly<Record<string, string>>;

export interface ListAddress {
  name: ListName;
  filter: ListFilter;
}

export function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
}

export function isOperateName(name: string): name is OperateName {
  return Object.hasOwn(OPERATE_LISTS, name);
}

/** What is not understood is left out. */
export function readListFilter(name: ListName, query: URLSearchParams): ListFilter {
  const fields = Object.entries(LISTS[name]).flatMap(([field, form]) => {
    const value = query.get(field);
    return value !== null && form.test(value) ? [[field, value]] : [];
  });
  return Object.fromEntries(fields);
}

export function writeListFilter(filter: ListFilter): string {
  return new URLSearchParams(filter).toString();
}
