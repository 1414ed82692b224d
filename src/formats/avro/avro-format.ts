/** The format `avro`: container files, with Spark's options. */
import type { Format, FormatOptions } from '../format.ts';
import { checkOptionNames, optionText } from '../../types/options.ts';
import { avroCodec } from './avro-codec.ts';
import { AvroDecoder, AvroInferrer } from './avro-decoder.ts';
import { AvroEncoder } from './avro-encoder.ts';

const OPTION_NAMES: readonly string[] = ['compression', 'recordName', 'recordNamespace'];

export const avroFormat: Format = {
  name: 'avro',
  extension: 'avro',
  optionNames: OPTION_NAMES,
  compressedExtension: () => 'avro',
  inferSchema: (options) => {
    check(options);
    return new AvroInferrer();
  },
  createDecoder: (request) => {
    check(request.options);
    return new AvroDecoder(request);
  },
  createEncoder: (schema, options) => {
    check(options);
    return new AvroEncoder(schema, {
      codec: avroCodec(optionText(options, 'compression') ?? 'snappy'),
      recordName: optionText(options, 'recordName') ?? 'topLevelRecord',
      recordNamespace: optionText(options, 'recordNamespace') ?? '',
    });
  },
};

function check(options: FormatOptions): void {
  checkOptionNames('avro', options, OPTION_NAMES);
}
