/** Option `samplingRatio`: the part of the records that schema inference looks at. Evenly, not by lot as Spark: the same file gives the same schema. */
import type { FormatOptions } from './format.ts';
import { invalidOption, optionText } from '../types/options.ts';

/** Spark looks at all records from here on. */
const ALL = 0.99;

/** Says of each record, in order, whether it counts; the first one always does. */
export function recordSampler(format: string, options: FormatOptions): () => boolean {
  const text = optionText(options, 'samplingRatio') ?? '1';
  const ratio = Number(text);
  if (text.trim() === '' || !(ratio > 0)) throw invalidOption(format, 'samplingRatio', text, 'a number above 0');
  if (ratio > ALL) return () => true;
  let number = -1;
  return () => {
    number++;
    return number === 0 || Math.floor(number * ratio) > Math.floor((number - 1) * ratio);
  };
}
