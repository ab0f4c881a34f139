import { expect, test } from 'vitest';
import { pageUri, readPaging, writeToken } from '../../../src/twilio-api/paging.ts';

const KEYS = /^\d{1,9}$/;
const read = (query: string, list = 'MM1') => readPaging(new URLSearchParams(query), list, KEYS);

test.each([
  ['', { pageSize: 50, page: 0, token: undefined }],
  ['PageSize=&Page=&PageToken=', { pageSize: 50, page: 0, token: undefined }],
  ['PageSize=1', { pageSize: 1, page: 0, token: undefined }],
  ['PageSize=1000&Page=3', { pageSize: 1000, page: 3, token: undefined }],
  ['PageSize=007', { pageSize: 7, page: 0, token: undefined }],
  [
    `PageToken=${writeToken('MM1', { after: '12' })}`,
    { pageSize: 50, page: 0, token: { after: '12' } },
  ],
  [
    `PageToken=${writeToken('MM1', { before: '12' })}`,
    { pageSize: 50, page: 0, token: { before: '12' } },
  ],
])('%s', (query, paging) => {
  expect(read(query)).toEqual(paging);
});

test.each([
  ['PageSize=0', 'invalid_request'],
  ['PageSize=-1', 'invalid_request'],
  ['PageSize=1001', 'page_size_too_large'],
  ['PageSize=5000', 'page_size_too_large'],
  ['PageSize=abc', 'invalid_request'],
  ['PageSize=1e3', 'invalid_request'],
  ['PageSize=10.0', 'invalid_request'],
  ['PageSize=%2B5', 'invalid_request'],
  ['PageSize=٣', 'invalid_request'],
  ['PageSize=9999999', 'invalid_request'],
  ['Page=-1', 'invalid_request'],
  ['Page=abc', 'invalid_request'],
  ['Page=1000000', 'invalid_request'],
  ['PageToken=x', 'invalid_request'],
  [`PageToken=${writeToken('MM2', { after: '12' })}`, 'invalid_request'],
  [`PageToken=${writeToken('MM1', { after: 'x' })}`, 'invalid_request'],
  [`PageToken=${writeToken('MM1', { after: '' })}`, 'invalid_request'],
  [`PageToken=${writeToken('MM1', { after: '1\n' })}`, 'invalid_request'],
  [`PageToken=${writeToken('MM1', { after: '1' }).toLowerCase()}`, 'invalid_request'],
  [`PageToken=${writeToken('MM1', { after: '1' }).slice(2)}`, 'invalid_request'],
])('%s is refused as %s', (query, code) => {
  expect(() => read(query)).toThrow(expect.objectContaining({ code }));
});

test.each(['0', '9', '123456789'])('a token keeps its key (%s), and needs no encoding', (key) => {
  const token = writeToken('MM1', { after: key });
  expect(token).toMatch(/^PT[\w-]+$/);
  expect(read(`PageToken=${token}`).token).toEqual({ after: key });
});

const path = '/2010-04-01/Accounts/AC1/Messages/MM1/Media.json';

test.each([
  ['', `${path}?PageSize=50&Page=1`],
  ['PageSize=3&Page=7', `${path}?PageSize=50&Page=1`],
  ['DateCreated>=2026-01-31', `${path}?DateCreated%3E=2026-01-31&PageSize=50&Page=1`],
  ['DateCreated%3E=2026-01-31', `${path}?DateCreated%3E=2026-01-31&PageSize=50&Page=1`],
  ['From=%2B14155550123&To=a%26b', `${path}?From=%2B14155550123&To=a%26b&PageSize=50&Page=1`],
  ['PageToken=old', `${path}?PageSize=50&Page=1`],
])('a link to the next page of ?%s', (query, expected) => {
  expect(pageUri(path, new URLSearchParams(query), { pageSize: 50, page: 1 })).toBe(expected);
});

test('a link can be followed as it is: filters, page and token come back', () => {
  const asked = new URLSearchParams('DateCreated<=2026-01-31T10%3A00%3A00%2B01%3A00&From=%2B1 2');
  const token = writeToken('MM1', { after: '41' });
  const link = pageUri(path, asked, { pageSize: 3, page: 2, token });
  const query = new URL(link, 'http://localhost').searchParams;
  expect(readPaging(query, 'MM1', KEYS)).toEqual({ pageSize: 3, page: 2, token: { after: '41' } });
  for (const [name, value] of asked) expect(query.get(name)).toBe(value);
  // And once more from there.
  const next = pageUri(path, query, {
    pageSize: 3,
    page: 3,
    token: writeToken('MM1', { after: '44' }),
  });
  expect([...new URL(next, 'http://localhost').searchParams.keys()]).toEqual([
    ...['DateCreated<', 'From', 'PageSize', 'Page', 'PageToken'],
  ]);
});
