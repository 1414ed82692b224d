/**
 * A piece of state taken out of memory: its typed arrays, which are written and read as they are, and a rest of plain data. Whoever gave
 * pages takes them back; the arrays may then be copies. Composite pieces put those of their parts together. Knows no files.
 */

export type PageArray = Uint8Array | Uint16Array | Int32Array | Float64Array | BigInt64Array;

export interface StatePages {
  readonly arrays: readonly PageArray[];
  /** Whatever `structuredClone` can copy. */
  readonly rest: unknown;
  /** Those of the arrays that are as they were when the pages were put back last. */
  readonly unchanged?: readonly PageArray[];
}

/** The pages of several pieces as those of one; `partsOfPages` takes them apart again. */
export function pagesOfParts(parts: readonly StatePages[]): StatePages {
  return {
    arrays: parts.flatMap(({ arrays }) => arrays),
    rest: parts.map(({ arrays, rest }) => ({ numArrays: arrays.length, rest })),
    unchanged: parts.flatMap(({ unchanged }) => unchanged ?? []),
  };
}

/** The pages that `pagesOfParts` put together, in their order. */
export function partsOfPages({ arrays, rest }: StatePages): StatePages[] {
  let at = 0;
  return (rest as { readonly numArrays: number; readonly rest: unknown }[]).map((part) => {
    const start = at;
    at += part.numArrays;
    return { arrays: arrays.slice(start, at), rest: part.rest };
  });
}
