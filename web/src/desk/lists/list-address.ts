// The lists of the desk, and what of them the address bar says. A sender's number is never in it.

const LISTS = {
  deletions: { state: /^(open|stuck|completed)$/ },
  blocklist: { kind: /^(sha256|pdq)$/, hash: /^[0-9a-f]{64}$/ },
  senders: { policy: /^(quarantine|refuse)$/, muted: /^true$/ },
  audit: {
    actor: /^[\x20-\x7e]{1,100}$/,
    action: /^[a-z.-]{1,40}$/,
    target: /^[\x20-\x7e]{1,100}$/,
    since: /^\d{4}-\d\d-\d\d$/,
    until: /^\d{4}-\d\d-\d\d$/,
  },
  figures: {},
} as const;

export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** By field; only those of the list. */
export type ListFilter = Readonly<Record<string, string>>;

export interface ListAddress {
  name: ListName;
  filter: ListFilter;
}

export function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
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
