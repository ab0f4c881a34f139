import { ApiProblem } from '../api/api-problem.ts';
import { strings } from '../strings.ts';
import { type Filter, readFilter, startOfDay } from './filter.ts';
import { isSearchable, readAddress, readHash } from './read-search.ts';

/** The fields of the filter as they are filled in; empty for those that are not. */
export type Draft = Record<keyof Filter, string>;
/** What is wrong with each field. */
export type FieldProblems = Partial<Record<keyof Filter, string>>;

export const EMPTY_DRAFT: Readonly<Draft> = {
  from: '',
  to: '',
  since: '',
  until: '',
  kind: '',
  state: '',
  moderation: '',
  text: '',
  hasLocation: '',
  sha256: '',
};

export function draftOf(filter: Filter): Draft {
  const filled = Object.entries(filter).map(([name, value]) => [name, String(value)]);
  return { ...EMPTY_DRAFT, ...Object.fromEntries(filled) };
}

/** Reads a form: the filter that it means, and what is wrong with it. */
export function checkDraft(draft: Draft): { filter: Filter; problems: FieldProblems } {
  const texts = strings.find.problems;
  const problems: FieldProblems = {};
  const read = { ...draft };
  for (const name of ['from', 'to'] as const) {
    if (draft[name].trim() === '') continue;
    const address = readAddress(draft[name]);
    if (address === null) problems[name] = texts.address;
    else read[name] = address;
  }
  for (const name of ['since', 'until'] as const) {
    if (draft[name] !== '' && startOfDay(draft[name]) === null) problems[name] = texts.day;
  }
  // Days in this form are ordered as texts are.
  if (draft.since !== '' && draft.until !== '' && draft.until < draft.since) {
    problems.until ??= texts.order;
  }
  if (!isSearchable(draft.text)) problems.text = texts.words;
  if (draft.sha256.trim() !== '') {
    const hash = readHash(draft.sha256);
    if (hash === null) problems.sha256 = texts.sha256;
    else read.sha256 = hash;
  }
  if (draft.state === 'pending' || draft.state === 'failed') {
    for (const name of ['kind', 'hasLocation', 'sha256'] as const) {
      if (draft[name] !== '') problems[name] ??= texts.withoutBytes;
    }
  }
  return { filter: readFilter(new URLSearchParams(read)), problems };
}

/** Fields of the filter by the parameters of the API that they become. */
const FIELD_OF: Readonly<Record<string, keyof Filter>> = {
  receivedAfter: 'since',
  receivedBefore: 'until',
  contentType: 'kind',
};

/** What the API says of each field; nothing for an error of another kind. */
export function problemsOf(error: unknown): FieldProblems {
  if (!(error instanceof ApiProblem)) return {};
  const problems: FieldProblems = {};
  for (const { field, message } of error.fields) {
    const name = FIELD_OF[field] ?? field;
    if (Object.hasOwn(EMPTY_DRAFT, name)) problems[name as keyof Filter] = message;
  }
  return problems;
}
