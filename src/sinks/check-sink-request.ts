/** What can be checked of a write before its sink is made: option names and the output mode. */
import type { SinkContext, SinkProvider } from './sink.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { checkOptionNames } from '../types/options.ts';

/** Refuses options the sink does not know and output modes it cannot do. To be called before anything is opened. */
export function checkSinkRequest(provider: SinkProvider, context: Pick<SinkContext, 'options' | 'mode'>): void {
  checkOptionNames(provider.name, context.options, provider.optionNames);
  const { mode } = context;
  if (mode !== 'batch' && !provider.outputModes.includes(mode))
    throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', {
      outputMode: mode,
      className: provider.name,
    });
}
