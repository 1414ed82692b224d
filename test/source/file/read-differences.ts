/** The file reads that Millrace answers otherwise than Spark, with the reason and the answer it gives. */
interface ReadDifference {
  readonly why: string;
  readonly answer: unknown;
}

const ENCODED = { schema: 'struct<a:string,b:string>', rows: ['{"a":"ä","b":"1"}', '{"a":"日本","b":"2"}'] };
const ENCODED_JSON = { schema: 'struct<a:string>', rows: ['{"a":"a"}', '{"a":"ä"}', '{"a":"日本"}'] };
const LINES_OF_16_BITS = 'Spark cuts lines at single bytes and garbles them';
const MORE_ENCODINGS = 'Spark refuses encodings beyond its short list';
const QUOTES = { why: 'this way of handling open quotes is refused', answer: { error: 'UNSUPPORTED_FEATURE' } };
const FIXED = 'the schema of this format is fixed: columns of folders are not added';

export const READ_DIFFERENCES: ReadonlyMap<string, ReadDifference> = new Map<string, ReadDifference>([
  ['csv in UTF-16', { why: LINES_OF_16_BITS, answer: ENCODED }],
  ['csv in UTF-16LE', { why: LINES_OF_16_BITS, answer: ENCODED }],
  ['csv in UTF-16BE', { why: LINES_OF_16_BITS, answer: ENCODED }],
  ['json in UTF-16', { why: 'Spark refuses it', answer: ENCODED_JSON }],
  [
    'json in UTF-16 without lineSep',
    { why: 'Spark refuses it', answer: { schema: 'struct<a:bigint>', rows: ['{"a":1}'] } },
  ],
  [
    'csv in windows-1252',
    {
      why: MORE_ENCODINGS,
      answer: { schema: 'struct<a:string,b:string>', rows: ['{"a":"ö","b":"2"}', '{"a":"€","b":"1"}'] },
    },
  ],
  [
    'csv of many lines in windows-1252',
    {
      why: MORE_ENCODINGS,
      answer: { schema: 'struct<a:string,b:string>', rows: ['{"a":"ö","b":"2"}', '{"a":"€","b":"1"}'] },
    },
  ],
  [
    'json in windows-1252',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string>', rows: ['{"a":"a"}', '{"a":"ö"}', '{"a":"€"}'] } },
  ],
  [
    'json of many lines in windows-1252',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string>', rows: ['{"a":"€"}'] } },
  ],
  [
    'csv in Shift_JIS',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string,b:string>', rows: ['{"a":"日本","b":"2"}'] } },
  ],
  [
    'csv of many lines in Shift_JIS',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string,b:string>', rows: ['{"a":"日本","b":"2"}'] } },
  ],
  [
    'json in Shift_JIS',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string>', rows: ['{"a":"a"}', '{"a":"日本"}'] } },
  ],
  [
    'json of many lines in Shift_JIS',
    { why: MORE_ENCODINGS, answer: { schema: 'struct<a:string>', rows: ['{"a":"日本"}'] } },
  ],
  [
    'json of many lines finds UTF-16',
    { why: 'an encoding must be named', answer: { error: 'UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN' } },
  ],
  ['csv quotes that are not closed, back', QUOTES],
  ['csv quotes that are not closed, skip', QUOTES],
  [
    'folder column missing in the schema is added',
    {
      why: 'a schema that is given is the whole schema',
      answer: { schema: 'struct<id:int>', rows: ['{"id":0}', '{"id":1}'] },
    },
  ],
  [
    'text in folders',
    { why: FIXED, answer: { schema: 'struct<value:string>', rows: ['{"value":"x"}', '{"value":"y"}'] } },
  ],
  ['binaryFile in folders', { why: FIXED, answer: { error: 'UNRESOLVED_COLUMN.WITH_SUGGESTION' } }],
  [
    'csv types of local times',
    {
      why: 'spark.sql.timestampType is not read',
      answer: {
        schema: 'struct<_c0:timestamp,_c1:timestamp>',
        rows: ['{"_c0":"2024-01-31T10:00:00.000Z","_c1":"2024-01-31T09:00:00.000Z"}'],
      },
    },
  ],
]);
