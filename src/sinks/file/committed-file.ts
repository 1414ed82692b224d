/** Files in the log of a file sink. */

/** A data file; its key is relative to the sink's place. */
export interface CommittedFile {
  readonly key: string;
  readonly sizeBytes: number;
}

/** A file with its line in the log; `key` is undefined for a file elsewhere. */
export interface ManifestFile {
  readonly line: string;
  readonly key: string | undefined;
  readonly sizeBytes: number;
}
