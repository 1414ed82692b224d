/** What a state table says to its store before a commit: which slots changed, and which keys left. */

/** What happened since the last commit. */
export interface StateChanges {
  /** Live slots that are new or were marked as updated, each once. */
  readonly updated: Int32Array;
  /** Slots of removed keys, still readable. A key inserted again meanwhile is in both, under different slots. */
  readonly removed: Int32Array;
  /** Slots of keys that left by their time, still readable, and the time up to which all have; undefined when none has. */
  readonly expired: Int32Array;
  readonly expiredUpTo: bigint | undefined;
}
