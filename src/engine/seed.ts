/** Random numbers of a batch repeat when the batch is repeated: their seed comes from what was logged. */

/** A 32-bit seed from the digest of a logged batch. */
export function seedOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 8), 16) | 0;
}
