/**
 * The test file of EICAR, 68 bytes that every virus scanner reports and that do nothing
 * [https://www.eicar.org]. It is put together here, because scanners delete files that contain it.
 */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-', 'TEST-FILE!$H+H*'].join(''),
  'latin1',
);

/** What the clamds of tests call it: with digits, as in names of real signatures, that are no phone number. */
export const EICAR_NAME = 'Win.Test.EICAR_2018_4882-6449963-0';
