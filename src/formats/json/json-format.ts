/** The format `json`: JSON Lines by default, whole documents with option `multiLine`. */
import type { Format } from '../format.ts';
import { encodingOf, transcoded, transcodedEncoder, transcodedInferrer } from '../charset.ts';
import { threadKernels } from '../../kernels/kernel-instance.ts';
import { JsonDocumentDecoder, JsonLinesDecoder } from './json-decoder.ts';
import { JsonEncoder } from './json-encoder.ts';
import { JsonInferrer } from './json-inferrer.ts';
import { JSON_OPTION_NAMES, jsonReadOptions } from './json-options.ts';

export const jsonFormat: Format = {
  name: 'json',
  extension: 'json',
  optionNames: JSON_OPTION_NAMES,
  inferSchema: (options, timeZone) => transcodedInferrer(options, new JsonInferrer(options, timeZone)),
  isCutAtLines: (options) => {
    const { multiLine, lineSep } = jsonReadOptions(options, 'UTC');
    return !multiLine && lineSep === undefined && encodingOf(options) === undefined;
  },
  createDecoder(request) {
    const options = jsonReadOptions(request.options, request.timeZone);
    const decoder = options.multiLine
      ? new JsonDocumentDecoder(request, options)
      : new JsonLinesDecoder(request, options, { kernels: threadKernels(), mayGenerate: true });
    return transcoded(request.options, decoder);
  },
  createEncoder: (schema, options, timeZone) =>
    transcodedEncoder(options, new JsonEncoder(schema, options, timeZone, threadKernels())),
};
