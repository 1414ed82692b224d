/** Asks the options of a source for a recording. By itself, so that sources without one need not load recorded-source.ts. */
import { optionText, type Options } from '../../types/options.ts';

/** Whether the options ask for a recording; such a source is read in one place. */
export function isRecorded(options: Options): boolean {
  return optionText(options, 'recordTo') !== undefined;
}
