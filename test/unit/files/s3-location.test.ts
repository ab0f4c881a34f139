import { expect, test } from 'vitest';
import { keyStartOf, parseS3Url } from '../../../src/files/s3/s3-location.ts';

const PLAIN = {
  bucket: 'mms-files',
  prefix: '',
  region: undefined,
  endpoint: undefined,
  pathStyle: false,
  encryption: undefined,
  kmsKeyId: undefined,
  storageClass: undefined,
};

test.each([
  ['s3://mms-files', PLAIN],
  ['s3://mms-files/', PLAIN],
  ['s3://mms-files/team/a', { ...PLAIN, prefix: 'team/a/' }],
  ['s3://mms-files/team/a/', { ...PLAIN, prefix: 'team/a/' }],
  ['s3://mms-files?region=eu-west-1', { ...PLAIN, region: 'eu-west-1' }],
  [
    's3://mms-files/a?endpoint=http://127.0.0.1:9000',
    { ...PLAIN, prefix: 'a/', endpoint: 'http://127.0.0.1:9000', pathStyle: true },
  ],
  [
    's3://mms-files?endpoint=https://s3.example.net&path-style=false',
    { ...PLAIN, endpoint: 'https://s3.example.net', pathStyle: false },
  ],
  [
    's3://mms-files?sse=aws:kms&sse-kms-key-id=alias/mms&storage-class=STANDARD_IA',
    { ...PLAIN, encryption: 'aws:kms', kmsKeyId: 'alias/mms', storageClass: 'STANDARD_IA' },
  ],
])('%s', (url, location) => {
  expect(parseS3Url(url)).toEqual(location);
});

test.each([
  ['s3://', /name of a bucket/],
  ['s3://Bucket', /lower-case/],
  ['s3://ab', /3 to 63/],
  ['s3://mms-files//double', /single slashes/],
  ['s3://mms-files/double//slash', /single slashes/],
  ['s3://mms-files/end//', /single slashes/],
  ['s3://mms-files//', /single slashes/],
  ['s3://mms-files/../other', /single slashes/],
  ['s3://mms-files/a b', /single slashes/],
  ['s3://mms-files/a%2Fb', /single slashes/],
  ['s3://key:secret@mms-files', /no credentials/],
  ['s3://mms-files:9000/x', /without a port/],
  ['s3://mms-files?regoin=eu-west-1', /only these parameters: region/],
  ['s3://mms-files?endpoint=127.0.0.1:9000', /https:\/\/s3\.example\.com/],
  ['s3://mms-files?endpoint=http://u:p@127.0.0.1', /without credentials/],
  ['s3://mms-files?endpoint=http://127.0.0.1/mms-files', /without credentials and path/],
  ['s3://mms-files?sse=aes', /AES256/],
  ['s3://mms-files?sse-kms-key-id=x', /sse=aws:kms together/],
  ['s3://mms-files?storage-class=GLACIER', /read at once/],
  ['s3://mms-files?storage-class=standard', /capitals/],
  ['s3://mms-files?path-style=yes', /true or false/],
])('%s is refused', (url, needs) => {
  expect(() => parseS3Url(url)).toThrow(needs);
});

test('keys begin with the bucket and the prefix', () => {
  expect(keyStartOf(parseS3Url('s3://mms-files'))).toBe('s3://mms-files/');
  expect(keyStartOf(parseS3Url('s3://mms-files/a/b/'))).toBe('s3://mms-files/a/b/');
});
