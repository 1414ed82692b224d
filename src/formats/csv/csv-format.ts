/** The format `csv`. */
import type { Format } from '../format.ts';
import { encodingOf, transcoded, transcodedEncoder, transcodedInferrer } from '../charset.ts';
import { threadKernels } from '../../kernels/kernel-instance.ts';
import { CsvDecoder } from './csv-decoder.ts';
import { CsvEncoder } from './csv-encoder.ts';
import { recordSampler } from '../sampling.ts';
import { CsvInferrer } from './csv-inferrer.ts';
import { CSV_OPTION_NAMES, csvReadOptions } from './csv-options.ts';

export const csvFormat: Format = {
  name: 'csv',
  extension: 'csv',
  optionNames: CSV_OPTION_NAMES,
  inferSchema: (options, timeZone) =>
    transcodedInferrer(options, new CsvInferrer(csvReadOptions(options, timeZone), recordSampler('csv', options))),
  isCutAtLines: (options) => {
    const { multiLine, lineSep, header } = csvReadOptions(options, 'UTC');
    return !multiLine && lineSep === undefined && !header && encodingOf(options) === undefined;
  },
  createDecoder: (request) =>
    transcoded(
      request.options,
      new CsvDecoder(request, csvReadOptions(request.options, request.timeZone), threadKernels()),
    ),
  createEncoder: (schema, options, timeZone) =>
    transcodedEncoder(options, new CsvEncoder(schema, options, timeZone, threadKernels())),
};
