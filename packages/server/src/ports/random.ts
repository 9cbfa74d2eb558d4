/** Randomness, so that a run can be repeated from its seed. */
export interface Random {
  /** A number in [0, 1). */
  number(): number;
  /** `length` bytes that nobody can guess in production. */
  bytes(length: number): Buffer;
}
