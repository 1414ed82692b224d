/** Cases that differ from Spark on purpose or for now, each with the reason. */
export const KNOWN_DIFFERENCES: ReadonlySet<string> = new Set<string>([]);
