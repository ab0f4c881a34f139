/** An act, or a bulk act, has ended while it was being carried out: what the transaction has done is not committed. */
export class ActEnded extends Error {
  override readonly name = 'ActEnded';
}
