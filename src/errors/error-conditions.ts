/**
 * The one table of error conditions, sorted by name: message template with `<placeholders>`, SQLSTATE, what the user can do, and
 * whether trying again can help. Names, texts and SQLSTATEs are Spark's where Spark has the condition. Errors are made from it by
 * MillraceError; no other file writes error texts.
 */
export interface ErrorCondition {
  /** Text with `<placeholders>`; each placeholder is a required parameter. */
  readonly message: string;
  readonly sqlState: string;
  /** What the user can do about it; may use the same placeholders. */
  readonly hint?: string;
  /** `backoff`: the failure may pass, retry loops try again. Absent: trying again cannot help. */
  readonly retry?: 'backoff';
}

export const ERROR_CONDITIONS = {
  ALL_PARTITION_COLUMNS_NOT_ALLOWED: { message: 'Cannot use all columns for partition columns.', sqlState: 'KD005' },
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: {
    message: 'Lateral column alias <name> is ambiguous and has <n> matches.',
    sqlState: '42702',
  },
  AMBIGUOUS_REFERENCE: { message: 'Reference <name> is ambiguous, could be: <referenceNames>.', sqlState: '42704' },
  APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT: {
    message:
      'The max items tracked `maxItemsTracked`(<maxItemsTracked>) of `approx_top_k` should be less than or equal to <limit>.',
    sqlState: '22023',
  },
  APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K: {
    message:
      'The max items tracked `maxItemsTracked`(<maxItemsTracked>) of `approx_top_k` should be greater than or equal to `k`(<k>).',
    sqlState: '22023',
  },
  APPROX_TOP_K_NON_POSITIVE_ARG: {
    message: 'The value of <argName> in `approx_top_k` must be a positive integer, but got <argValue>.',
    sqlState: '22023',
  },
  APPROX_TOP_K_NULL_ARG: { message: 'The value of <argName> in `approx_top_k` cannot be NULL.', sqlState: '22004' },
  APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH: {
    message:
      'Combining approx_top_k sketches of different sizes is not allowed. Found sketches of size <size1> and <size2>.',
    sqlState: '42846',
  },
  APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH: {
    message:
      'Combining approx_top_k sketches of different types is not allowed. Found sketches of type <type1> and <type2>.',
    sqlState: '42846',
  },
  ARITHMETIC_OVERFLOW: {
    message: '<message>.<alternative> If necessary set <config> to "false" to bypass this error.',
    sqlState: '22003',
  },
  ASSIGNMENT_ARITY_MISMATCH: {
    message:
      'The number of columns or variables assigned or aliased: <numTarget> does not match the number of source expressions: <numExpr>.',
    sqlState: '42802',
  },
  ASYNC_FUNCTION_PLACEMENT: {
    message: 'The asynchronous function <funcName> is called where its result cannot be waited for.',
    sqlState: '0A000',
    hint: 'Compute it by select, withColumn or where before, and use its column.',
  },
  AVRO_INCOMPATIBLE_READ_TYPE: {
    message:
      'Cannot convert Avro <avroPath> to SQL <sqlPath> because the original encoded data type is <avroType>, however you\'re trying to read the field as <sqlType>, which would lead to an incorrect answer. To allow reading this field, enable the SQL configuration: "spark.sql.legacy.avro.allowIncompatibleSchema".',
    sqlState: '22KD3',
  },
  AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE: {
    message:
      "Cannot call the <functionName> SQL function because the Avro data source is not loaded. Please restart your job or session with the 'spark-avro' package loaded, such as by using the --packages argument on the command line, and then retry your query or command again.",
    sqlState: '22KD3',
  },
  BINARY_ARITHMETIC_OVERFLOW: {
    message:
      '<value1> <symbol> <value2> caused overflow. Use <functionName> to ignore overflow problem and return NULL.',
    sqlState: '22003',
  },
  CALENDAR_WINDOW_INVALID: {
    message: '<duration> is no length of a calendar window: <problem>.',
    sqlState: '42616',
    hint: 'Write for example window(time, "1 day", { calendar: true }); for other lengths use a window without calendar.',
  },
  CALL_ON_STREAMING_DATASET_UNSUPPORTED: {
    message: 'The method <methodName> can not be called on streaming Dataset/DataFrame.',
    sqlState: '42KDE',
  },
  CANNOT_DECODE_URL: {
    message:
      'The provided URL cannot be decoded: <url>. Please ensure that the URL is properly formatted and try again.',
    sqlState: '22546',
  },
  CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE: {
    message:
      'Failed to merge incompatible data types <left> and <right>. Please check the data types of the columns being merged and ensure that they are compatible. If necessary, consider casting the columns to compatible data types before attempting the merge.',
    sqlState: '42825',
  },
  CANNOT_MERGE_SCHEMAS: {
    message:
      'Failed merging schemas: Initial schema: <left> Schema that cannot be merged with the initial schema: <right>.',
    sqlState: '42KD9',
  },
  CANNOT_PARSE_INTERVAL: {
    message:
      'Unable to parse <intervalString>. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. If the issue persists, please double check that the input value is not null or empty and try again.',
    sqlState: '22006',
  },
  CANNOT_PARSE_TIME: {
    message:
      'The input string <input> cannot be parsed to a TIME value because it does not match to the datetime format <format>.',
    sqlState: '22010',
  },
  CANNOT_PARSE_TIMESTAMP: {
    message: '<message>. Use <func> to tolerate invalid input string and return NULL instead.',
    sqlState: '22007',
  },
  CANNOT_RESOLVE_STAR_EXPAND: {
    message:
      'Cannot resolve <targetString>.* given input columns <columns>. Please check that the specified table or struct exists and is accessible in the input columns.',
    sqlState: '42704',
  },
  CAST_INVALID_INPUT: {
    message:
      'The value <expression> of the type <sourceType> cannot be cast to <targetType> because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.',
    sqlState: '22018',
  },
  CAST_OVERFLOW: {
    message:
      'The value <value> of the type <sourceType> cannot be cast to <targetType> due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead.',
    sqlState: '22003',
  },
  CATALOG_FILE_INVALID: {
    message: 'The catalog file <path> cannot be read.',
    sqlState: 'XXKMC',
    hint: 'Restore the file, or remove it to begin with an empty catalog.',
  },
  CHECKPOINT_CORRUPT: {
    message:
      'The checkpoint entry <name> at <location> is damaged: expected <expected>, found <found>. The query stops instead of starting again from zero.',
    sqlState: 'XX001',
    hint: 'Restore the entry from a backup, or start with a new checkpointLocation to process everything again.',
  },
  CHECKPOINT_FENCED: {
    message:
      'Another run of this query (epoch <newerEpoch>) has taken over the checkpoint <location>; this run (epoch <epoch>) stops without committing batch <batchId>.',
    sqlState: '40001',
    hint: 'Run one query per checkpoint location.',
  },
  CHECKPOINT_FOREIGN: {
    message: 'The checkpoint <location> belongs to another query or format: <reason>.',
    sqlState: '22023',
    hint: 'Give every query a checkpointLocation of its own.',
  },
  CHECKPOINT_MISSING: {
    message:
      'The sink <sink> has committed batch <batchId> of query <queryId>, but the checkpoint <location> knows only batches up to <checkpointBatchId>.',
    sqlState: 'XX001',
    hint: 'Restore the checkpoint; starting from zero would write rows twice.',
  },
  CHECKPOINT_PLAN_CHANGED: {
    message:
      'The query does not fit the checkpoint <location>. The checkpoint was written by: <stored>. The query is now: <current>.',
    sqlState: '42K03',
    hint: 'Start the changed query with a new checkpointLocation, or undo the change of sources, grouping or aggregates.',
  },
  CHECKPOINT_REGRESSED: {
    message:
      'Batch <batchId> of query <queryId> was committed to <sink> with offset digest <committedDigest>, but is now planned with <offsetDigest>: the checkpoint has lost acknowledged writes.',
    sqlState: 'XX001',
    hint: 'Restore the checkpoint from a durable copy; with Redis use appendonly yes and appendfsync always.',
  },
  CHECKPOINT_STATE_MISSING: {
    message: 'The checkpoint <location> has committed batch <batchId>, but its state entry <name> is missing.',
    sqlState: 'XX001',
    hint: 'Restore the entry from a backup; the query does not start with empty state.',
  },
  'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION': {
    message: 'The codec <codecName> is not available. Available codecs are <availableCodecs>.',
    sqlState: '56038',
  },
  'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION': {
    message:
      "Can't create array with <numberOfElements> elements which exceeding the array size limit <maxRoundedArrayLength>, unsuccessful try to create arrays in the function <functionName>.",
    sqlState: '54000',
  },
  COLUMN_ALREADY_EXISTS: {
    message: 'The column <columnName> already exists. Choose another name or rename the existing column.',
    sqlState: '42711',
  },
  COMMIT_OUTCOME_UNKNOWN: {
    message:
      'The connection to <sink> was lost during COMMIT; whether the rows of this batch write are in <tableName> is unknown.',
    sqlState: '08007',
    hint: 'Look into the table before writing again. Streaming queries find out by themselves.',
  },
  COMPARATOR_RETURNS_NULL: {
    message:
      'The comparator has returned a NULL for a comparison between <firstValue> and <secondValue>. It should return a positive integer for "greater than", 0 for "equal" and a negative integer for "less than". To revert to deprecated behavior where NULL is treated as 0 (equal), you must set "spark.sql.legacy.allowNullComparisonResultInArraySort" to "true".',
    sqlState: '22004',
  },
  CONCURRENT_STREAM_LOG_UPDATE: {
    message:
      'Concurrent update to the log. Multiple streaming jobs detected for <batchId>. Please make sure only one streaming job runs on a specific checkpoint location at a time.',
    sqlState: '40000',
  },
  CONFLICTING_PARTITION_COLUMN_NAMES: {
    message:
      'Conflicting partition column names detected: <distinctPartColLists> For partitioned table directories, data files should only live in leaf directories. And directories at the same level should have the same partition column name. Please check the following directories for unexpected files or inconsistent partition column names: <suspiciousPaths>',
    sqlState: 'KD009',
  },
  CONVERSION_INVALID_INPUT: {
    message:
      'The value <str> (<fmt>) cannot be converted to <targetType> because it is malformed. Correct the value as per the syntax, or change its format. Use <suggestion> to tolerate malformed input and return NULL instead.',
    sqlState: '22018',
  },
  CSV_HEADER_MISMATCH: {
    message: 'CSV header does not conform to the schema: expected <expected> but found <found>.',
    sqlState: '22023',
    hint: 'Correct the schema, or leave enforceSchema at true to read the columns by position.',
  },
  CUSTOM_SINK_FAILED: {
    message: 'The sink <sink> failed in <action>: <reason>.',
    sqlState: '38000',
    hint: 'The error of your code is the cause.',
  },
  CUSTOM_SOURCE_FAILED: {
    message: 'The source <source> failed in <action>: <reason>.',
    sqlState: '38000',
    hint: 'The error of your code is the cause.',
  },
  'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same element type, but it's [<leftType>, <rightType>].",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: Input to function <functionName> should have been two <arrayType> with same element type, but it's [<leftType>, <rightType>].",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: the left and right operands of the binary operator have incompatible types (<left> and <right>).',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: the binary operator requires the input type <inputType>, not <actualDataType>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION': {
    message: 'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType> with ANSI mode on. If you have to cast <srcType> to <targetType>, you can set <config> as <configVal>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>. To convert values from <srcType> to <targetType>, you can use the functions <functionNames> instead.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.DATA_DIFF_TYPES': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should all be the same type, but it's <dataType>.",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: Filter expression <filter> of type <type> is not a boolean.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE': {
    message: 'Cannot resolve <sqlExpr> due to data type mismatch: Length of <exprName> should be 1.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.INVALID_ARG_VALUE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <inputName> value must to be a <requireType> literal of <validValues>, but got <inputValue>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: Input schema <schema> must be a struct, an array, a map or a variant.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> does not support ordering on type <dataType>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The data type of one or more elements in the left hand side of an IN subquery is not compatible with the data type of the output of the subquery. Mismatched columns: [<mismatchedColumns>], left side: [<leftType>], right side: [<rightType>].',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery. Left hand side columns(length: <leftLength>): [<leftColumns>], right hand side columns(length: <rightLength>): [<rightColumns>].',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> should all be of type map, but it's <dataType>.",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same key type, but it's [<leftType>, <rightType>].",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: the input <inputName> should be a foldable <inputType> expression; however, got <inputExpr>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.NON_STRING_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: all arguments of the function <funcName> must be strings.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.NULL_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: Null typed values cannot be used as arguments of <functionName>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <leftExprName>(<leftExprValue>) must be <constraint> the <rightExprName>(<rightExprValue>).',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: A range window frame with value boundaries cannot be used in a window specification with multiple order by expressions: <orderSpec>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: A range window frame cannot be used in an unordered window specification.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: <functionName> uses the wrong parameter type. The parameter type must conform to: 1. The start and stop expressions must resolve to the same type. 2. If start and stop expressions resolve to the <startType> type, then the step expression must resolve to the <stepType> type. 3. Otherwise, if start and stop expressions resolve to the <otherStartType> type, then the step expression must resolve to the same type.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: Window frame upper bound <upper> does not follow the lower bound <lower>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The data type of the <location> bound <exprType> does not match the expected data type <expectedType>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The lower bound of a window frame must be <comparison> to the upper bound.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The data type of the column (<columnIndex>) do not have the same type: <leftType> (<leftParamIndex>) <> <rightType> (<rightParamIndex>).',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT': {
    message: 'Cannot resolve <sqlExpr> due to data type mismatch: <msg><hint>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <paramIndex> parameter requires the <requiredType> type, however <inputSql> has the type <inputType>.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_NULL': {
    message: 'Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must not be null.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> requires return <expectedType> type, but the actual is <actualType> type.',
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE': {
    message:
      "Cannot resolve <sqlExpr> due to data type mismatch: The input of <functionName> can't be <dataType> type data.",
    sqlState: '42K09',
  },
  'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE': {
    message:
      'Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must be between <valueRange> (current value = <currentValue>).',
    sqlState: '42K09',
  },
  DATA_CORRUPT: { message: 'The bytes of <what> are damaged: <reason>.', sqlState: 'XX001' },
  DATA_SOURCE_ALREADY_EXISTS: {
    message: "Data source '<provider>' already exists. Please choose a different name for the new data source.",
    sqlState: '42710',
  },
  DATA_SOURCE_NOT_FOUND: {
    message:
      'Failed to find the data source: <provider>. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.',
    sqlState: '42K02',
  },
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION': {
    message: '<rangeMessage>.',
    sqlState: '22023',
  },
  DATETIME_OVERFLOW: {
    message: 'Datetime operation overflow: <operation>.',
    sqlState: '22008',
  },
  DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION: {
    message: 'Decimal precision <precision> exceeds max precision <maxPrecision>.',
    sqlState: '22003',
  },
  DECIMAL_SCALE_EXCEEDS_PRECISION: {
    message: 'Decimal scale (<scale>) cannot be greater than precision (<precision>).',
    sqlState: '22003',
  },
  DECOMPRESSED_FILE_TOO_LARGE: {
    message: 'The file <path> unpacks to more than <maxBytes> bytes.',
    sqlState: '54000',
    hint: 'Raise the option maxDecompressedBytes if the file is meant to be this large.',
  },
  DISTINCT_WINDOW_FUNCTION_UNSUPPORTED: {
    message: 'Distinct window functions are not supported: <windowExpr>.',
    sqlState: '0A000',
  },
  DIVIDE_BY_ZERO: {
    message:
      'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to "false" to bypass this error.',
    sqlState: '22012',
  },
  DRIVER_UNSUITABLE: {
    message: 'The package <package> cannot be used: <reason>. Known to work: <wanted>.',
    sqlState: '42K02',
    hint: 'npm i <package>@<wanted>',
  },
  DUPLICATED_CTE_NAMES: { message: "CTE definition can't have duplicate names: <duplicateNames>.", sqlState: '42602' },
  DUPLICATED_MAP_KEY: {
    message:
      'Duplicate map key <key> was found, please check the input data. If you want to remove the duplicated keys, you can set <mapKeyDedupPolicy> to "LAST_WIN" so that the key inserted at last takes precedence.',
    sqlState: '23505',
  },
  DUPLICATED_METRICS_NAME: {
    message:
      'The metric name is not unique: <metricName>. The same name cannot be used for metrics with different results. However multiple instances of metrics with with same result and name are allowed (e.g. self-joins).',
    sqlState: '42710',
  },
  DUPLICATE_ASSIGNMENTS: {
    message: 'The columns or variables <nameList> appear more than once as assignment targets.',
    sqlState: '42701',
  },
  DUPLICATE_KEY: { message: 'Found duplicate keys <keyColumn>.', sqlState: '23505' },
  DUPLICATE_QUERY_NAME: {
    message: 'Cannot start query with name <name> as a query with that name is already active in this session.',
    sqlState: '42710',
  },
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED': {
    message:
      'Call to routine <routineName> is invalid because it includes multiple argument assignments to the same parameter name <parameterName>. A positional argument and named argument both referred to the same parameter. Please remove the named argument referring to this parameter.',
    sqlState: '4274K',
  },
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE': {
    message:
      'Call to routine <routineName> is invalid because it includes multiple argument assignments to the same parameter name <parameterName>. More than one named argument referred to the same parameter. Please assign a value only once.',
    sqlState: '4274K',
  },
  DUPLICATE_ROUTINE_PARAMETER_NAMES: {
    message: 'Found duplicate name(s) in the parameter list of the user-defined routine <routineName>: <names>.',
    sqlState: '42734',
  },
  DUPLICATE_ROUTINE_RETURNS_COLUMNS: {
    message:
      'Found duplicate column(s) in the RETURNS clause column list of the user-defined routine <routineName>: <columns>.',
    sqlState: '42711',
  },
  EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED: {
    message:
      'Previous node emitted a row with eventTime=<emittedRowEventTime> which is older than current_watermark_value=<currentWatermark> This can lead to correctness issues in the stateful operators downstream in the execution pipeline. Please correct the operator logic to emit rows after current global watermark value.',
    sqlState: '42815',
  },
  EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE: {
    message: 'The event time <eventName> has the invalid type <eventType>, but expected "TIMESTAMP".',
    sqlState: '42K09',
  },
  EXCEPT_OVERLAPPING_COLUMNS: {
    message: 'Columns in an EXCEPT list must be distinct and non-overlapping, but got (<columns>).',
    sqlState: '42702',
  },
  'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE': {
    message: "'<operation>' expects a table but <viewName> is a view.",
    sqlState: '42809',
  },
  EXTERNAL_SYSTEM_REFUSED: { message: '<system> at <address> refused <action>: <reason>.', sqlState: '08004' },
  EXTERNAL_SYSTEM_UNAVAILABLE: {
    message: '<system> at <address> did not answer after <attempts> attempts: <reason>.',
    sqlState: '08001',
    hint: 'Check that it runs and that address, credentials and network are right.',
    retry: 'backoff',
  },
  FAILED_EXECUTE_UDF: {
    message: 'User defined function (<functionName>: (<signature>) => <result>) failed due to: <reason>.',
    sqlState: '39000',
  },
  FAILED_FUNCTION_CALL: {
    message: "Failed preparing of the function <funcName> for call. Please, double check function's arguments.",
    sqlState: '38000',
  },
  'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER': {
    message:
      'Encountered error while reading file <path>. Could not read footer. Please ensure that the file is in either ORC or Parquet format. If not, please convert it to a valid format. If the file is in the valid format, please check if it is corrupt. If it is, you can choose to either ignore it or fix the corruption.',
    sqlState: 'KD001',
  },
  'FAILED_READ_FILE.FILE_NOT_EXIST': {
    message:
      'Encountered error while reading file <path>. File does not exist. It is possible the underlying files have been updated.',
    sqlState: 'KD001',
  },
  'FAILED_READ_FILE.NO_HINT': { message: 'Encountered error while reading file <path>.', sqlState: 'KD001' },
  'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH': {
    message:
      'Encountered error while reading file <path>. Data type mismatches when reading Parquet column <column>. Expected Spark type <expectedType>, actual Parquet type <actualType>.',
    sqlState: 'KD001',
  },
  FAILED_TO_PARSE_TOO_COMPLEX: {
    message:
      'The statement, including potential SQL functions and referenced views, was too complex to parse. To mitigate this error divide the statement into multiple, less complex chunks.',
    sqlState: '54001',
  },
  FIELD_NOT_FOUND: { message: 'No such struct field <fieldName> in <fields>.', sqlState: '42704' },
  FILE_CHANGED: {
    message:
      'The file <path> was planned with <expectedBytes> bytes but now has <foundBytes>; files of a stream must not be changed after they appear.',
    sqlState: '55000',
    hint: 'Write files under a temporary name that begins with _ or ., then rename them.',
  },
  FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR: {
    message: 'An error occurred in the user provided function in flatMapGroupsWithState. Reason: <reason>',
    sqlState: '39000',
  },
  FOREACH_BATCH_USER_FUNCTION_ERROR: {
    message: 'An error occurred in the user provided function in foreach batch sink. Reason: <reason>',
    sqlState: '39000',
  },
  FOREACH_USER_FUNCTION_ERROR: {
    message: 'An error occurred in the user provided function in foreach sink. Reason: <reason>',
    sqlState: '39000',
  },
  GROUPING_COLUMN_MISMATCH: {
    message: "Column of grouping (<grouping>) can't be found in grouping columns <groupingColumns>.",
    sqlState: '42803',
  },
  GROUPING_ID_COLUMN_MISMATCH: {
    message: 'Columns of grouping_id (<groupingIdColumn>) does not match grouping columns (<groupByColumns>).',
    sqlState: '42803',
  },
  GROUPING_SIZE_LIMIT_EXCEEDED: { message: 'Grouping sets size cannot be greater than <maxSize>.', sqlState: '54000' },
  GROUP_BY_AGGREGATE: {
    message: 'Aggregate functions are not allowed in GROUP BY, but found <sqlExpr>.',
    sqlState: '42903',
  },
  GROUP_BY_POS_AGGREGATE: {
    message:
      'GROUP BY <index> refers to an expression <aggExpr> that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.',
    sqlState: '42903',
  },
  GROUP_BY_POS_OUT_OF_RANGE: {
    message: 'GROUP BY position <index> is not in select list (valid range is [1, <size>]).',
    sqlState: '42805',
  },
  GROUP_STATE_NOT_DEFINED: {
    message: 'State is either not defined or has already been removed.',
    sqlState: '42802',
    hint: 'Ask exists, or use getOption().',
  },
  HLL_INVALID_INPUT_SKETCH_BUFFER: {
    message:
      'Invalid call to <function>; only valid HLL sketch buffers are supported as inputs (such as those produced by the `hll_sketch_agg` function).',
    sqlState: '22546',
  },
  HLL_INVALID_LG_K: {
    message: 'Invalid call to <function>; the `lgConfigK` value must be between <min> and <max>, inclusive: <value>.',
    sqlState: '22546',
  },
  HLL_K_MUST_BE_CONSTANT: {
    message: 'Invalid call to <function>; the `K` value must be a constant value, but got a non-constant expression.',
    sqlState: '42K0E',
  },
  HLL_UNION_DIFFERENT_LG_K: {
    message:
      'Sketches have different `lgConfigK` values: <left> and <right>. Set the `allowDifferentLgConfigK` parameter to true to call <function> with different `lgConfigK` values.',
    sqlState: '22000',
  },
  IDENTIFIER_TOO_MANY_NAME_PARTS: {
    message: '<identifier> is not a valid identifier as it has more than <limit> name parts.',
    sqlState: '42601',
  },
  ILLEGAL_DAY_OF_WEEK: { message: 'Illegal input for day of week: <string>.', sqlState: '22009' },
  'ILLEGAL_STATE_STORE_VALUE.EMPTY_LIST_VALUE': {
    message:
      'Illegal value provided to the State Store Cannot write empty list values to State Store for StateName <stateName>.',
    sqlState: '42601',
  },
  'ILLEGAL_STATE_STORE_VALUE.NULL_VALUE': {
    message:
      'Illegal value provided to the State Store Cannot write null values to State Store for StateName <stateName>.',
    sqlState: '42601',
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    message:
      '<operator> can only be performed on tables with compatible column types. The <columnOrdinalNumber> column of the <tableOrdinalNumber> table is <dataType1> type which is not compatible with <dataType2> at the same column of the first table.<hint>.',
    sqlState: '42825',
  },
  INCOMPATIBLE_JOIN_TYPES: {
    message: 'The join types <joinType1> and <joinType2> are incompatible.',
    sqlState: '42613',
  },
  INCOMPATIBLE_SINK_TABLE: {
    message:
      'The rows do not fit the table <tableName>: <reason>. The table has the columns [<tableColumns>], the rows have [<rowColumns>].',
    sqlState: '42804',
  },
  'INCOMPLETE_TYPE_DEFINITION.ARRAY': {
    message:
      'Incomplete complex type: The definition of "ARRAY" type is incomplete. You must provide an element type. For example: "ARRAY<elementType>".',
    sqlState: '42K01',
  },
  'INCOMPLETE_TYPE_DEFINITION.MAP': {
    message:
      'Incomplete complex type: The definition of "MAP" type is incomplete. You must provide a key type and a value type. For example: "<example>".',
    sqlState: '42K01',
  },
  'INCOMPLETE_TYPE_DEFINITION.STRUCT': {
    message:
      'Incomplete complex type: The definition of "STRUCT" type is incomplete. You must provide at least one field type. For example: "<example>".',
    sqlState: '42K01',
  },
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION': {
    message:
      'You may get a different result due to the upgrading to Spark >= 3.0: Fail to recognize <pattern> pattern in the DateTimeFormatter. 1) You can set <config> to "LEGACY" to restore the behavior before Spark 3.0. 2) You can form a valid datetime pattern with the guide from \'<docroot>/sql-ref-datetime-pattern.html\'.',
    sqlState: '42K0B',
  },
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN': {
    message:
      'You may get a different result due to the upgrading to Spark >= 3.0: All week-based patterns are unsupported since Spark 3.0, detected week-based character: <c>. Please use the SQL function EXTRACT instead.',
    sqlState: '42K0B',
  },
  INITIAL_STATE_DUPLICATE_KEY: {
    message: 'The initial state has two rows of the key <key>.',
    sqlState: '23505',
    hint: 'Aggregate the initial state, so that each key has one row.',
  },
  INITIAL_STATE_KEY_MISMATCH: {
    message: 'The initial state is grouped by <found>, the stream by <expected>.',
    sqlState: '42K09',
    hint: 'Group both by columns of the same types, in the same order.',
  },
  INITIAL_STATE_NOT_ONE_COLUMN: {
    message: 'The initial state of a state that is a single value has one column besides the key, not: <columns>.',
    sqlState: '42K09',
    hint: 'Select the key and the value before groupByKey.',
  },
  'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS': {
    message:
      'Cannot write to <tableName>, the reason is not enough data columns: Table columns: <tableColumns>. Data columns: <dataColumns>.',
    sqlState: '21S01',
  },
  'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS': {
    message:
      'Cannot write to <tableName>, the reason is too many data columns: Table columns: <tableColumns>. Data columns: <dataColumns>.',
    sqlState: '21S01',
  },
  INSERT_PARTITION_COLUMN_ARITY_MISMATCH: {
    message:
      "Cannot write to '<tableName>', <reason>: Table columns: <tableColumns>. Partition columns with static values: <staticPartCols>. Data columns: <dataColumns>.",
    sqlState: '21S01',
  },
  INTERNAL_ERROR: {
    message: '<message>',
    sqlState: 'XX000',
    hint: 'This is a bug in Millrace; please report it with the plan and the progress of the query.',
  },
  INTERNAL_ERROR_TWS: { message: '<message>', sqlState: 'XX000' },
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': {
    message:
      'Integer overflow while operating with intervals. Try devising appropriate values for the interval parameters.',
    sqlState: '22015',
  },
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': {
    message:
      'Integer overflow while operating with intervals. Use <functionName> to tolerate overflow and return NULL instead.',
    sqlState: '22015',
  },
  INTERVAL_DIVIDED_BY_ZERO: {
    message: 'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.',
    sqlState: '22012',
  },
  'INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE': {
    message:
      'The FILTER expression <filterExpr> in an aggregate function is invalid. Expected a FILTER expression without an aggregation, but found <aggExpr>.',
    sqlState: '42903',
  },
  'INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION': {
    message:
      'The FILTER expression <filterExpr> in an aggregate function is invalid. Expected a FILTER expression without a window function, but found <windowExpr>.',
    sqlState: '42903',
  },
  'INVALID_AGGREGATE_FILTER.NOT_BOOLEAN': {
    message:
      'The FILTER expression <filterExpr> in an aggregate function is invalid. Expected a FILTER expression of the BOOLEAN type.',
    sqlState: '42903',
  },
  INVALID_ARRAY_INDEX: {
    message:
      'The index <indexValue> is out of bounds. The array has <arraySize> elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.',
    sqlState: '22003',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    message:
      'The index <indexValue> is out of bounds. The array has <arraySize> elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.',
    sqlState: '22003',
  },
  INVALID_ATTRIBUTE_NAME_SYNTAX: {
    message:
      'Syntax error in the attribute name: <name>. Check that backticks appear in pairs, a quoted string is a complete name part and use a backtick only inside quoted name parts.',
    sqlState: '42601',
  },
  INVALID_BITMAP_POSITION: {
    message:
      'The 0-indexed bitmap position <bitPosition> is out of bounds. The bitmap has <bitmapNumBits> bits (<bitmapNumBytes> bytes).',
    sqlState: '22003',
  },
  INVALID_CORRUPT_RECORD_TYPE: {
    message: 'The column <columnName> for corrupt records must have the nullable STRING type, but got <actualType>.',
    sqlState: '42804',
  },
  'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER': {
    message:
      'Unrecognized datetime pattern: <pattern>. Illegal pattern character found in datetime pattern: <c>. Please provide legal character.',
    sqlState: '22007',
  },
  'INVALID_DATETIME_PATTERN.LENGTH': {
    message:
      'Unrecognized datetime pattern: <pattern>. Too many letters in datetime pattern: <pattern>. Please reduce pattern length.',
    sqlState: '22007',
  },
  'INVALID_DATETIME_PATTERN.WITH_SUGGESTION': {
    message:
      "Unrecognized datetime pattern: <pattern>. You can form a valid datetime pattern with the guide from '<docroot>/sql-ref-datetime-pattern.html'.",
    sqlState: '22007',
  },
  INVALID_ESC: {
    message: 'Found an invalid escape string: <invalidEscape>. The escape string must contain only one character.',
    sqlState: '42604',
  },
  INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE: {
    message: 'Expression type must be string type but got <exprType>.',
    sqlState: '42K09',
  },
  INVALID_EXTRACT_BASE_FIELD_TYPE: {
    message: "Can't extract a value from <base>. Need a complex type [STRUCT, ARRAY, MAP] but got <other>.",
    sqlState: '42000',
  },
  INVALID_EXTRACT_FIELD: { message: 'Cannot extract <field> from <expr>.', sqlState: '42601' },
  'INVALID_FORMAT.CONT_THOUSANDS_SEPS': {
    message:
      'The format is invalid: <format>. Thousands separators (, or G) must have digits in between them in the number format.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.CUR_MUST_BEFORE_DEC': {
    message:
      'The format is invalid: <format>. Currency characters must appear before any decimal point in the number format.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT': {
    message: 'The format is invalid: <format>. Currency characters must appear before digits in the number format.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.EMPTY': {
    message: 'The format is invalid: <format>. The number format string cannot be empty.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.ESC_AT_THE_END': {
    message: 'The format is invalid: <format>. The escape character is not allowed to end with.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': {
    message: 'The format is invalid: <format>. The escape character is not allowed to precede <char>.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.MISMATCH_INPUT': {
    message: 'The format is invalid: <format>. The input <inputType> <input> does not match the format.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC': {
    message:
      'The format is invalid: <format>. Thousands separators (, or G) may not appear after the decimal point in the number format.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.UNEXPECTED_TOKEN': {
    message:
      'The format is invalid: <format>. Found the unexpected <token> in the format string; the structure of the format string must match: `[MI|S]` `[$]` `[0|9|G|,]*` `[.|D]` `[0|9]*` `[$]` `[PR|MI|S]`.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.WRONG_NUM_DIGIT': {
    message: 'The format is invalid: <format>. The format string requires at least one number digit.',
    sqlState: '42601',
  },
  'INVALID_FORMAT.WRONG_NUM_TOKEN': {
    message: 'The format is invalid: <format>. At most one <token> is allowed in the number format.',
    sqlState: '42601',
  },
  INVALID_FRACTION_OF_SECOND: {
    message:
      'Valid range for seconds is [0, 60] (inclusive), but the provided value is <secAndMicros>. To avoid this error, use `try_make_timestamp`, which returns NULL on error. If you do not want to use the session default timestamp version of this function, use `try_make_timestamp_ntz` or `try_make_timestamp_ltz`.',
    sqlState: '22023',
  },
  INVALID_GROUP_STATE_TIMEOUT: {
    message: 'Cannot use <found> as the timeout of a group: expected <expected>.',
    sqlState: '42802',
  },
  INVALID_IDENTIFIER: {
    message:
      "The unquoted identifier <ident> is invalid and must be back quoted as: `<ident>`. Unquoted identifiers can only contain ASCII letters ('a' - 'z', 'A' - 'Z'), digits ('0' - '9'), and underbar ('_'). Unquoted identifiers must also not start with a digit. Different data sources and meta stores may impose additional restrictions on valid identifiers.",
    sqlState: '42602',
  },
  INVALID_INDEX_OF_ZERO: {
    message:
      'The index 0 is invalid. An index shall be either less than 0 or greater than 0 (the first element has index 1).',
    sqlState: '22003',
  },
  'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH': {
    message:
      'Invalid inline table. Inline table expected <expectedNumCols> columns but found <actualNumCols> columns in row <rowIndex>.',
    sqlState: '42000',
  },
  'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Uncaught arithmetic exception while parsing '<input>'.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval string cannot be empty.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Error parsing interval <interval> string.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_FRACTION': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. <unit> cannot have fractional part.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_PRECISION': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval can only support nanosecond precision, <value> is out of range.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_PREFIX': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Invalid interval prefix <prefix>.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_UNIT': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Invalid unit <unit>.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_VALUE': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Invalid value <value>.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.MISSING_NUMBER': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Expect a number after <word> but hit EOL.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.MISSING_UNIT': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Expect a unit name after <word> but hit EOL.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. The interval value must be in the range of [-18, +18] hours with second precision.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval string does not match <intervalStr> format of <supportedFormat> when cast to <typeName>: <input>.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE': {
    message:
      'Error parsing \'<input>\' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval string does not match <intervalStr> format of <supportedFormat> when cast to <typeName>: <input>. Set "spark.sql.legacy.fromDayTimeString.enabled" to "true" to restore the behavior before Spark 3.0.',
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Unrecognized number <number>.",
    sqlState: '22006',
  },
  'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION': {
    message:
      "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. Cannot support (interval '<input>' <from> to <to>) expression.",
    sqlState: '22006',
  },
  INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION: {
    message:
      'Cannot add an interval to a date because its microseconds part is not 0. To resolve this, cast the input date to a timestamp, which supports the addition of intervals with non-zero microseconds.',
    sqlState: '22006',
  },
  INVALID_JSON_DATA_TYPE: {
    message: "Failed to convert the JSON string '<invalidType>' to a data type. Please enter a valid data type.",
    sqlState: '2203G',
  },
  'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES': {
    message:
      'Invalid lambda function call. The lambda function has duplicate arguments <args>. Please, consider to rename the argument names or set <caseSensitiveConfig> to "true".',
    sqlState: '42K0D',
  },
  'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION': {
    message:
      'Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is <class>, which is not a higher order function.',
    sqlState: '42K0D',
  },
  'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH': {
    message:
      'Invalid lambda function call. A higher order function expects <expectedNumArgs> arguments, but got <actualNumArgs>.',
    sqlState: '42K0D',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE': {
    message:
      'The limit like expression <expr> is invalid. The <name> expression must be integer type, but got <dataType>.',
    sqlState: '42K0E',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE': {
    message:
      'The limit like expression <expr> is invalid. The <name> expression must be equal to or greater than 0, but got <v>.',
    sqlState: '42K0E',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL': {
    message: 'The limit like expression <expr> is invalid. The evaluated <name> expression must not be null.',
    sqlState: '42K0E',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE': {
    message: 'The limit like expression <expr> is invalid. The <name> expression must evaluate to a constant value.',
    sqlState: '42K0E',
  },
  'INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION': {
    message:
      'UnsupportedLogVersion. The maximum supported log version is v<maxSupportedVersion>, but encountered v<version>. The log file was produced by a newer version of Millrace and cannot be read by this version. You need to upgrade.',
    sqlState: 'KD002',
  },
  INVALID_NUMERIC_LITERAL_RANGE: {
    message:
      'Numeric literal <rawStrippedQualifier> is outside the valid range for <typeName> with minimum value of <minValue> and maximum value of <maxValue>. Please adjust the value accordingly.',
    sqlState: '22003',
  },
  'INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED': {
    message:
      'Invalid observed metrics. Aggregate expressions with DISTINCT are not allowed in observed metrics, but found: <expr>.',
    sqlState: '42K0E',
  },
  'INVALID_OBSERVED_METRICS.MISSING_NAME': {
    message: 'Invalid observed metrics. The observed metrics should be named: <operator>.',
    sqlState: '42K0E',
  },
  'INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED': {
    message: 'Invalid observed metrics. Nested aggregates are not allowed in observed metrics, but found: <expr>.',
    sqlState: '42K0E',
  },
  'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE': {
    message: 'Invalid observed metrics. Attribute <expr> can only be used as an argument to an aggregate function.',
    sqlState: '42K0E',
  },
  'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC': {
    message:
      'Invalid observed metrics. Non-deterministic expression <expr> can only be used as an argument to an aggregate function.',
    sqlState: '42K0E',
  },
  INVALID_OPTION: {
    message: 'The option <option> of <format> has the invalid value <value>: expected <expected>.',
    sqlState: '22023',
  },
  'INVALID_OPTIONS.NON_MAP_FUNCTION': {
    message: 'Invalid options: Must use the `map()` function for options.',
    sqlState: '42K06',
  },
  'INVALID_OPTIONS.NON_STRING_TYPE': {
    message: 'Invalid options: A type of keys and values in `map()` must be string, but got <mapType>.',
    sqlState: '42K06',
  },
  'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR': {
    message: 'The value of parameter(s) <parameter> in <functionName> is invalid: detail message: <detailMessage>',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.AES_IV_LENGTH': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: supports 16-byte CBC IVs and 12-byte GCM IVs, but got <actualLength> bytes for <mode>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.AES_KEY_LENGTH': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: expects a binary value with 16, 24 or 32 bytes, but got <actualLength> bytes.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.BINARY_FORMAT': {
    message:
      "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of binary formats 'base64', 'hex', 'utf-8', but got <invalidFormat>.",
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: expects an integer value in [0, <upper>), but got <invalidValue>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.CHARSET': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the <charsets>, but got <charset>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.DATETIME_UNIT': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the units without quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got the string literal <invalidValue>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.HMAC_ALGORITHM': {
    message:
      "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the algorithms 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512', 'SHA-1', 'MD5', but got <algorithm>.",
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.LENGTH': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: Expects `length` greater than or equal to 0, but got <length>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.OCCURRENCE': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: expects a positive integer, but got <actual>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.PATTERN': {
    message: 'The value of parameter(s) <parameter> in <functionName> is invalid: <value>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: Expects group index between 0 and <groupCount>, but got <groupIndex>.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.START': {
    message:
      'The value of parameter(s) <parameter> in <functionName> is invalid: Expects a positive or a negative value for `start`, but got 0.',
    sqlState: '22023',
  },
  'INVALID_PARAMETER_VALUE.TIME_UNIT': {
    message:
      "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the units 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', but got '<invalidValue>'.",
    sqlState: '22023',
  },
  INVALID_PARTITION_COLUMN_DATA_TYPE: { message: 'Cannot use <type> for partition column.', sqlState: '0A000' },
  'INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY': {
    message: 'The partition command is invalid. Table <name> is not partitioned.',
    sqlState: '42601',
  },
  INVALID_RECURSIVE_CTE: {
    message:
      'Invalid recursive definition found. Recursive queries must contain an UNION or an UNION ALL statement with 2 children. The first child needs to be the anchor term without any recursive references. Any top level inner CTE must not contain self references.',
    sqlState: '42836',
  },
  'INVALID_RECURSIVE_REFERENCE.PLACE': {
    message:
      'Invalid recursive reference found inside WITH RECURSIVE clause. Recursive references cannot be used on the right side of left outer/semi/anti joins, on the left side of right outer joins, in full outer joins, in aggregates, window functions or sorts',
    sqlState: '42836',
  },
  INVALID_ROW_VALUE: {
    message: 'The value <value> of column <columnName> cannot be stored as <type>.',
    sqlState: '22018',
  },
  INVALID_SAVE_MODE: {
    message:
      'The specified save mode <mode> is invalid. Valid save modes include "append", "overwrite", "ignore", "error", "errorifexists", and "default".',
    sqlState: '42000',
  },
  'INVALID_SCHEMA.NON_STRING_LITERAL': {
    message:
      'The input schema <inputSchema> is not a valid schema string. The input expression must be string literal and not null.',
    sqlState: '42K07',
  },
  'INVALID_SCHEMA.NON_STRUCT_TYPE': {
    message:
      'The input schema <inputSchema> is not a valid schema string. The input expression should be evaluated to struct type, but got <dataType>.',
    sqlState: '42K07',
  },
  INVALID_SEQUENCE_BOUNDARIES: {
    message: 'Illegal sequence boundaries: <start> to <stop> by <step>.',
    sqlState: '22023',
    hint: 'Give a step that leads from the start to the stop.',
  },
  'INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE': {
    message:
      "Invalid SQL syntax: IN predicate requires at least one value. Empty IN clauses like 'IN ()' are not allowed. Consider using 'WHERE FALSE' if you need an always-false condition, or provide at least one value in the IN list.",
    sqlState: '42000',
  },
  'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX': {
    message: 'Invalid SQL syntax: The function <prettyName> does not support <syntax>.',
    sqlState: '42000',
  },
  'INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND': {
    message: 'Invalid SQL syntax: Frame bound value must be a literal.',
    sqlState: '42000',
  },
  'INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION': {
    message: 'Invalid SQL syntax: The definition of window <windowName> is repetitive.',
    sqlState: '42000',
  },
  'INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE': {
    message: 'Invalid SQL syntax: Cannot resolve window reference <windowName>.',
    sqlState: '42000',
  },
  INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL: {
    message:
      'The real-time trigger interval is set to <interval> ms. This is less than the <minBatchDuration> ms minimum specified by spark.sql.streaming.realTimeMode.minBatchDuration.',
    sqlState: '22023',
  },
  'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN': {
    message: 'Invalid subquery: Scalar subquery must return only one column, but got <number>.',
    sqlState: '42823',
  },
  'INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY': {
    message: 'Invalid subquery: Streaming query is not allowed in subquery expressions.',
    sqlState: '42823',
  },
  INVALID_TIMEZONE: {
    message:
      "The timezone: <timeZone> is invalid. The timezone must be either a region-based zone ID or a zone offset. Region IDs must have the form 'area/city', such as 'America/Los_Angeles'. Zone offsets must be in the format '(+|-)HH', '(+|-)HH:mm’ or '(+|-)HH:mm:ss', e.g '-08' , '+01:00' or '-13:33:33', and must be in the range from -18:00 to +18:00. 'Z' and 'UTC' are accepted as synonyms for '+00:00'.",
    sqlState: '22009',
  },
  INVALID_TYPED_LITERAL: {
    message: 'The value of the typed literal <valueType> is invalid: <value>.',
    sqlState: '42604',
  },
  INVALID_UDF_IMPLEMENTATION: {
    message: 'Function <funcName> does not implement a ScalarFunction or AggregateFunction.',
    sqlState: '38000',
  },
  INVALID_UDF_OPTION: {
    message:
      'The option <option> = <value> of the function <funcName> is unknown or not a whole number that is large enough.',
    sqlState: '42K0E',
    hint: 'concurrency and timeoutMs are at least 1, retries and retryDelayMs at least 0.',
  },
  INVALID_URL: {
    message: 'The url is invalid: <url>. Use `try_parse_url` to tolerate invalid URL and return NULL instead.',
    sqlState: '22P02',
  },
  INVALID_USAGE_OF_STAR_OR_REGEX: { message: 'Invalid usage of <elem> in <prettyName>.', sqlState: '42000' },
  INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT: {
    message:
      'count(<tableName>.*) is not allowed. Use count(*) or expand the columns manually, e.g. count(col1, col2).',
    sqlState: '42000',
  },
  INVALID_UTF8_STRING: { message: 'Invalid UTF8 byte sequence found in string: <str>.', sqlState: '22029' },
  INVALID_VECTOR_NORM_DEGREE: {
    message: "For the <functionName> function, degree must be 1.0, 2.0, or float('inf'), but got <degree>.",
    sqlState: '22023',
  },
  INVALID_WHERE_CONDITION: {
    message:
      'The WHERE condition <condition> contains invalid expressions: <expressionList>. Rewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.',
    sqlState: '42903',
  },
  INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC: {
    message: 'Cannot specify ORDER BY or a window frame for <aggFunc>.',
    sqlState: '42601',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED': {
    message: 'Invalid function <funcName> with WITHIN GROUP. The function does not support DISTINCT with WITHIN GROUP.',
    sqlState: '42K0K',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT': {
    message:
      'Invalid function <funcName> with WITHIN GROUP. The function is invoked with DISTINCT and WITHIN GROUP but expressions <funcArg> and <orderingExpr> do not match. The WITHIN GROUP ordering expression must be picked from the function inputs.',
    sqlState: '42K0K',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING': {
    message: 'Invalid function <funcName> with WITHIN GROUP. WITHIN GROUP is required for the function.',
    sqlState: '42K0K',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS': {
    message:
      'Invalid function <funcName> with WITHIN GROUP. The function requires <expectedNum> orderings in WITHIN GROUP but got <actualNum>.',
    sqlState: '42K0K',
  },
  INVALID_XML_TEXT: { message: 'The text is not well-formed XML: <text>.', sqlState: '22000' },
  INVALID_XPATH: { message: 'The XPath is not valid: <path>.', sqlState: '42K0E' },
  JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE: {
    message: 'The join condition <joinCondition> has the invalid type <conditionType>, expected "BOOLEAN".',
    sqlState: '42K0E',
  },
  'KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO': {
    message:
      'Some data may have been lost because they are not available in Kafka any more. Reason: Added partition <topicPartition> starts from <startOffset> instead of 0.',
    sqlState: '22000',
    hint: 'Set failOnDataLoss to false to go on without them, or start with a new checkpointLocation.',
  },
  'KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE': {
    message:
      'Some data may have been lost because they are not available in Kafka any more; either the data was aged out by Kafka or the topic may have been deleted before all the data in the topic was processed. Reason: Could not read records in offset [<startOffset>, <endOffset>) for topic partition <topicPartition> with consumer group <groupId>.',
    sqlState: '22000',
    hint: 'Set failOnDataLoss to false to go on without them, or start with a new checkpointLocation.',
  },
  'KAFKA_DATA_LOSS.PARTITIONS_DELETED': {
    message:
      'Some data may have been lost because they are not available in Kafka any more. Reason: Partitions <partitions> have been deleted.',
    sqlState: '22000',
    hint: 'Set failOnDataLoss to false to go on without them, or start with a new checkpointLocation.',
  },
  'KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED': {
    message:
      'Some data may have been lost because they are not available in Kafka any more. Reason: Partition <topicPartition> offset was changed from <prevOffset> to <newOffset>. This could be either 1) a user error that the start offset is set beyond available offset when starting query, or 2) the kafka topic-partition is deleted and re-created.',
    sqlState: '22000',
    hint: 'Set failOnDataLoss to false to go on, or start with a new checkpointLocation.',
  },
  KAFKA_NO_OFFSET_FOR_TIMESTAMP: {
    message: 'No record of partition <topicPartition> has the time <timestampMs> or a later one.',
    sqlState: '22023',
    hint: 'Set startingOffsetsByTimestampStrategy to latest to begin at the end of such partitions.',
  },
  KAFKA_NULL_TOPIC_IN_DATA: {
    message:
      'The Kafka message data sent to the producer contains a null topic. Use the `topic` option for setting a default topic.',
    sqlState: '22004',
  },
  KAFKA_RECORD_CORRUPT: { message: 'A record batch of Kafka cannot be read: <reason>.', sqlState: 'XX001' },
  KAFKA_RECORD_REFUSED: { message: 'A record for the Kafka topic <topic> was refused: <reason>.', sqlState: '22000' },
  KAFKA_SAVE_MODE: {
    message: 'Save mode <mode> is not allowed for Kafka. Allowed save modes are append and errorifexists (default).',
    sqlState: '42000',
  },
  KAFKA_SINK_SCHEMA: {
    message:
      'The rows do not fit the kafka sink: <reason>. It writes the columns value (string or binary, needed), key (string or binary), headers (an array of structs of a string key and a binary value), topic (string) and partition (int).',
    sqlState: '42804',
    hint: 'Select them by these names, for instance to_json(struct(*)) AS value.',
  },
  KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED: {
    message:
      'Partitions specified for Kafka start offsets do not match what are assigned. Specified: <specifiedPartitions> Assigned: <assignedPartitions>',
    sqlState: '42K03',
    hint: 'Use -1 for latest, -2 for earliest; name every partition.',
  },
  KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED: {
    message:
      'Partitions specified for Kafka timestamp based <position> offsets do not match what are assigned. Specified: <specifiedPartitions> Assigned: <assignedPartitions>',
    sqlState: '42K03',
  },
  KAFKA_TOPIC_NOT_FOUND: {
    message: 'There is no Kafka topic <topics> at <brokers>.',
    sqlState: '42K03',
    hint: 'Create the topic first, or check the name; subscribePattern reads topics that come later.',
  },
  KINESIS_CONSUMER_IN_USE: {
    message: 'The consumer <consumer> of the Kinesis stream <stream> is in use by another query of this process.',
    sqlState: '55006',
    hint: 'Give each query a kinesis.consumerName of its own.',
  },
  KINESIS_CONSUMER_NOT_FOUND: {
    message: 'There is no registered consumer <consumer> of the Kinesis stream <stream>.',
    sqlState: '42K03',
    hint: 'Register it, or set kinesis.consumerLifecycle to managed.',
  },
  KINESIS_DATA_LOSS: {
    message:
      'Records of shard <shardId> of the Kinesis stream <stream> at <endpoint> after sequence number <sequenceNumber> are gone (<reason>). The stream keeps records for <retentionHours> hours.',
    sqlState: 'XX001',
    hint: 'Set kinesis.failOnDataLoss to false to go on without them, or start with a new checkpointLocation.',
  },
  KINESIS_RECORD_INVALID: {
    message: 'A row cannot become a record of the Kinesis stream <stream>: <reason>.',
    sqlState: '22023',
    hint: 'Filter such rows before the sink, or change them.',
  },
  KINESIS_SINK_COLUMNS: {
    message: 'The sink kinesis cannot write these columns: <reason>. The query has <columns>.',
    sqlState: '42K03',
    hint: 'It needs data (STRING or BINARY) and partitionKey (STRING), may have explicitHashKey (STRING), and nothing else; kinesis.dataColumn, kinesis.partitionKeyColumn and kinesis.explicitHashKeyColumn name other columns.',
  },
  KINESIS_STREAM_NOT_FOUND: {
    message: 'There is no Kinesis stream <stream> at <endpoint>: <reason>.',
    sqlState: '42K03',
    hint: 'Check stream name, region and account.',
  },
  KINESIS_STREAM_RECREATED: {
    message:
      'The Kinesis stream <stream> at <endpoint> was created at <createdAt>, but the checkpoint was written for a stream <expectedArn> created at <expectedCreatedAt>.',
    sqlState: '22023',
    hint: 'Start with a new checkpointLocation; sequence numbers of one stream mean nothing in another.',
  },
  KLL_INVALID_INPUT_SKETCH_BUFFER: {
    message:
      'Invalid call to <function>; only valid KLL sketch buffers are supported as inputs (such as those produced by the `kll_sketch_agg` function).',
    sqlState: '22000',
  },
  KLL_SKETCH_INVALID_QUANTILE_RANGE: {
    message: 'For function <functionName>, the quantile value must be between 0.0 and 1.0 (inclusive).',
    sqlState: '22003',
  },
  KLL_SKETCH_K_MUST_BE_CONSTANT: {
    message:
      'For function <functionName>, the k parameter must be a constant value, but got a non-constant expression.',
    sqlState: '42K0E',
  },
  KLL_SKETCH_K_OUT_OF_RANGE: {
    message: 'For function <functionName>, the k parameter must be between 8 and 65535 (inclusive), but got <k>.',
    sqlState: '22003',
  },
  MALFORMED_CHARACTER_CODING: {
    message: 'Invalid value found when performing <function> with <charset>',
    sqlState: '22000',
  },
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION': {
    message:
      "Malformed records are detected in record parsing: <badRecord>. Parse Mode: <failFastMode>. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.",
    sqlState: '22023',
  },
  MEMORY_STREAM_FULL: {
    message:
      'The memory stream <stream> already holds <numRows> rows that no query has committed; its limit is <maxRows>.',
    sqlState: '54000',
    hint: 'Slow the producer down, raise the limit, or check why the query does not keep up.',
  },
  MEMORY_STREAM_LOST: {
    message:
      'Batches <first> to <last> of the memory stream <stream> are gone (kept: <kept>). Memory streams and Observables do not survive a restart of the process.',
    sqlState: 'XX001',
    hint: 'Use a durable source, or start with a new checkpointLocation.',
  },
  MISSING_AGGREGATION: {
    message:
      'The non-aggregating expression <expression> is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use <expressionAnyValue> if you do not care which of the values within a group is returned.',
    sqlState: '42803',
  },
  MISSING_DRIVER: {
    message: '<feature> needs the package <package>, which is not installed.',
    sqlState: '42K02',
    hint: 'npm i <package>',
  },
  MISSING_GROUP_BY: {
    message:
      'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.',
    sqlState: '42803',
  },
  MISSING_OPTION: { message: 'The option <option> is required for <format>.', sqlState: '22023' },
  MISSING_WINDOW_SPECIFICATION: {
    message:
      "Window specification is not defined in the WINDOW clause for <windowName>. For more information about WINDOW clauses, please refer to '<docroot>/sql-ref-syntax-qry-select-window.html'.",
    sqlState: '42P20',
  },
  MULTIPLE_EVENT_TIME_COLUMNS: {
    message:
      'More than one event time columns are available. Please ensure there is at most one event time column per stream. event time columns: <eventTimeCols>',
    sqlState: '42K09',
  },
  MULTI_ALIAS_WITHOUT_GENERATOR: {
    message: 'Multi part aliasing (<names>) is not supported with <expr> as it is not a generator function.',
    sqlState: '42K0E',
  },
  MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION: {
    message: 'The expression <expr> does not support more than one source.',
    sqlState: '42K0E',
  },
  NAMED_PARAMETERS_NOT_SUPPORTED: {
    message:
      'Named parameters are not supported for function <functionName>; please retry the query with positional arguments to the function call instead.',
    sqlState: '4274K',
  },
  'NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE': {
    message:
      'Invalid nearest-by join. The number of results <numResults> must be between <min> and <max>. Update the literal in `APPROX NEAREST <numResults> BY ...` (or `EXACT NEAREST <numResults> BY ...`) to fall within that range.',
    sqlState: '42604',
  },
  'NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE': {
    message: 'Invalid nearest-by join. Unsupported nearest-by join type <joinType>. Supported types: <supported>.',
    sqlState: '42604',
  },
  NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION: {
    message:
      'Found the negative value in <frequencyExpression>: <negativeValue>, but expected a positive integral value.',
    sqlState: '22003',
  },
  NEGATIVE_WATERMARK_DELAY: {
    message: 'requirement failed: delay threshold (<delay>) should not be negative.',
    sqlState: '42000',
  },
  NESTED_AGGREGATE_FUNCTION: {
    message:
      'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
    sqlState: '42607',
  },
  NESTED_EXECUTE_IMMEDIATE: {
    message:
      'Nested EXECUTE IMMEDIATE commands are not allowed. Please ensure that the SQL query provided (<sqlString>) does not contain another EXECUTE IMMEDIATE command.',
    sqlState: '07501',
  },
  NON_FOLDABLE_ARGUMENT: {
    message:
      'The function <funcName> requires the parameter <paramName> to be a foldable expression of the type <paramType>, but the actual argument is a non-foldable.',
    sqlState: '42K08',
  },
  NON_LITERAL_PIVOT_VALUES: {
    message: 'Literal expressions required for pivot values, found <expression>.',
    sqlState: '42K08',
  },
  NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING: {
    message:
      'Window function is not supported in <windowFunc> (as column <columnName>) on streaming DataFrames/Datasets. Structured Streaming only supports time-window aggregation using the WINDOW function. (window specification: <windowSpec>)',
    sqlState: '42KDE',
  },
  'NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT': {
    message: 'Not allowed in the FROM clause: UNPIVOT together with PIVOT.',
    sqlState: '42601',
  },
  'NOT_A_CONSTANT_STRING.NOT_CONSTANT': {
    message:
      'The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. To be considered constant the expression must not depend on any columns, contain a subquery, or invoke a non deterministic function such as rand().',
    sqlState: '42601',
  },
  'NOT_A_CONSTANT_STRING.NULL': {
    message:
      'The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. The expression evaluates to NULL.',
    sqlState: '42601',
  },
  'NOT_A_CONSTANT_STRING.WRONG_TYPE': {
    message:
      'The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. The data type of the expression is <dataType>.',
    sqlState: '42601',
  },
  NULL_IN_NON_NULLABLE_COLUMN: {
    message: 'The column <columnName> is NOT NULL, but a row has no value for it.',
    sqlState: '23502',
  },
  NULL_MAP_KEY: {
    message: 'Cannot use null as map key.',
    sqlState: '2200E',
  },
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': {
    message:
      '<value> cannot be represented as Decimal(<precision>, <scale>). If necessary set <config> to "false" to bypass this error, and return NULL instead.',
    sqlState: '22003',
  },
  NUM_COLUMNS_MISMATCH: {
    message:
      '<operator> can only be performed on inputs with the same number of columns, but the first input has <firstNumColumns> columns and the <invalidOrdinalNum> input has <invalidNumColumns> columns.',
    sqlState: '42826',
  },
  OBSERVATION_MISUSED: {
    message: 'The observation <name> cannot be used: <problem>.',
    sqlState: '42K0E',
    hint: 'An Observation takes the metrics of one bounded DataFrame; on a stream call observe with a name and read observedMetrics of the progress.',
  },
  ORDER_BY_POS_OUT_OF_RANGE: {
    message: 'ORDER BY position <index> is not in select list (valid range is [1, <size>]).',
    sqlState: '42805',
  },
  PARQUET_TYPE_NOT_SUPPORTED: { message: 'Parquet type not yet supported: <parquetType>.', sqlState: '42846' },
  PARSE_EMPTY_STATEMENT: { message: 'Syntax error, unexpected empty statement.', sqlState: '42617' },
  PARSE_MODE_UNSUPPORTED: {
    message: "The function <funcName> doesn't support the <mode> mode. Acceptable modes are PERMISSIVE and FAILFAST.",
    sqlState: '42601',
  },
  PARSE_SYNTAX_ERROR: { message: 'Syntax error at or near <error><hint>.', sqlState: '42601' },
  PARTITIONS_NOT_FOUND: {
    message:
      'The partition(s) <partitionList> cannot be found in table <tableName>. Verify the partition specification and table name. To tolerate the error on drop use ALTER TABLE … DROP IF EXISTS PARTITION.',
    sqlState: '428FT',
  },
  PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA: {
    message:
      'Partition column <column> not found in schema <schema>. Please provide the existing column for partitioning.',
    sqlState: '42000',
  },
  PATH_ALREADY_EXISTS: {
    message: 'Path <outputPath> already exists. Set mode as "overwrite" to overwrite the existing path.',
    sqlState: '42K04',
  },
  PATH_NOT_FOUND: { message: 'Path does not exist: <path>.', sqlState: '42K03' },
  PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION: {
    message:
      'Non-grouping expression <expr> is provided as an argument to the |> AGGREGATE pipe operator but does not contain any aggregate function; please update it to include an aggregate function and then retry the query again.',
    sqlState: '0A000',
  },
  PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION: {
    message:
      'Aggregate function <expr> is not allowed when using the pipe operator |> <clause> clause; please use the pipe operator |> AGGREGATE clause instead.',
    sqlState: '0A000',
  },
  PIVOT_VALUE_DATA_TYPE_MISMATCH: {
    message:
      "Invalid pivot value '<value>': value data type <valueType> does not match pivot column data type <pivotType>.",
    sqlState: '42K09',
  },
  QUALIFY_REQUIRES_WINDOW_FUNCTION: {
    message:
      'The QUALIFY clause requires at least one window function in the current SELECT list or the QUALIFY condition.',
    sqlState: '42903',
  },
  RECORDING_FAILED: {
    message: 'The recording <path> cannot be written: <reason>.',
    sqlState: '58030',
    hint: 'Make room, or start the query without recordTo.',
  },
  RECORDING_UNREADABLE: { message: 'The recording <path> cannot be read: <reason>.', sqlState: 'XX001' },
  RECURSION_LEVEL_LIMIT_EXCEEDED: {
    message:
      "Recursion level limit <levelLimit> reached but query has not exhausted, try increasing it like 'WITH RECURSIVE t(col) MAX RECURSION LEVEL 200'.",
    sqlState: '42836',
  },
  RECURSION_ROW_LIMIT_EXCEEDED: {
    message:
      'Recursion row limit <rowLimit> reached but query has not exhausted, try setting a larger LIMIT value when querying the CTE relation.',
    sqlState: '42836',
  },
  REDIS_MAY_EVICT: {
    message: 'Redis at <address> may evict keys: its maxmemory-policy is <policy>. A checkpoint needs noeviction.',
    sqlState: '55000',
    hint: 'redis-cli CONFIG SET maxmemory-policy noeviction',
  },
  REMAINDER_BY_ZERO: {
    message:
      'Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to "false" to bypass this error.',
    sqlState: '22012',
  },
  REPEATED_CLAUSE: {
    message: 'The <clause> clause may be used at most once per <operation> operation.',
    sqlState: '42614',
  },
  REQUIRED_PARAMETER_NOT_FOUND: {
    message:
      'Cannot invoke routine <routineName> because the parameter named <parameterName> is required, but the routine call did not supply a value. Please update the routine call to supply an argument value (either positionally at index <index> or by name) and retry the query again.',
    sqlState: '4274K',
  },
  RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET: {
    message:
      'The resolved start offset <startOffset> is greater than the resolved end offset <endOffset> for topic <topic> partition <partition>.',
    sqlState: '22023',
  },
  ROUTINE_ALREADY_EXISTS: {
    message:
      'Cannot create the <newRoutineType> <routineName> because a <existingRoutineType> of that name already exists. Choose a different name, drop or replace the existing <existingRoutineType>, or add the IF NOT EXISTS clause to tolerate a pre-existing <newRoutineType>.',
    sqlState: '42723',
  },
  ROUTINE_NOT_FOUND: {
    message:
      'The routine <routineName> cannot be found. Verify the spelling and correctness of the schema and catalog. If you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog. To tolerate the error on drop use DROP ... IF EXISTS.',
    sqlState: '42883',
  },
  ROW_SUBQUERY_TOO_MANY_ROWS: { message: 'More than one row returned by a subquery used as a row.', sqlState: '21000' },
  SCALAR_SUBQUERY_TOO_MANY_ROWS: {
    message: 'More than one row returned by a subquery used as an expression.',
    sqlState: '21000',
  },
  SCHEMA_ALREADY_EXISTS: {
    message:
      'Cannot create schema <schemaName> because it already exists. Choose a different name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.',
    sqlState: '42P06',
  },
  SCHEMA_NOT_EMPTY: {
    message:
      'Cannot drop a schema <schemaName> because it contains objects. Use DROP SCHEMA ... CASCADE to drop the schema and all its objects.',
    sqlState: '2BP01',
  },
  SCHEMA_NOT_FOUND: {
    message:
      'The schema <schemaName> cannot be found. Verify the spelling and correctness of the schema and catalog. If you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct catalog. To tolerate the error on drop use DROP SCHEMA IF EXISTS.',
    sqlState: '42704',
  },
  SCHEMA_NOT_INFERRED_YET: {
    message: 'The schema of this DataFrame is inferred from its files when the first action runs and is not known yet.',
    sqlState: '0A000',
    hint: 'Give the schema with read.schema(…), or run an action such as await df.show() on it.',
  },
  SEED_EXPRESSION_IS_UNFOLDABLE: {
    message: 'The seed expression <seedExpr> of the expression <exprWithSeed> must be foldable.',
    sqlState: '42K08',
  },
  SHARED_SOURCE_STATEFUL_QUERY: {
    message:
      'The query keeps state (<operator>), but <source> gives each process only the rows of some shards, and shards move between processes: the state of a key would be in several places.',
    sqlState: '0A000',
    hint: 'Run the query in one process without kinesis.sharedGroup, or on a Spark cluster.',
  },
  SINK_REGRESSED: {
    message:
      'The sink <sink> has committed batch <batchId> of query <queryId> last, but the checkpoint says batch <checkpointBatchId> was committed: the sink has lost the batches in between.',
    sqlState: 'XX001',
    hint: 'Restore the sink, or start with a new checkpointLocation to write everything again. To accept the gap, delete the marker of the query in the sink.',
  },
  SKETCH_INVALID_LG_NOM_ENTRIES: {
    message:
      'Invalid call to <function>; the `lgNomEntries` value must be between <min> and <max>, inclusive: <value>.',
    sqlState: '22003',
  },
  SQL_CONF_NOT_FOUND: {
    message: 'The SQL config <sqlConf> cannot be found. Please verify that the config exists.',
    sqlState: '42K0I',
  },
  STAR_GROUP_BY_POS: {
    message: 'Star (*) is not allowed in a select list when GROUP BY an ordinal position is used.',
    sqlState: '0A000',
  },
  STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE: {
    message: 'Failed to perform stateful processor operation=<operationType> with invalid handle state=<handleState>.',
    sqlState: '42802',
  },
  STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE: {
    message: 'Failed to perform stateful processor operation=<operationType> with invalid timeMode=<timeMode>',
    sqlState: '42802',
  },
  STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED: {
    message: 'State variable with name <stateVarName> has already been defined in the StatefulProcessor.',
    sqlState: '42802',
  },
  STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL: {
    message: 'Cannot use TTL for state=<stateName> in timeMode=<timeMode>, use TimeMode.ProcessingTime() instead.',
    sqlState: '42802',
  },
  STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE: {
    message: 'TTL duration must be greater than zero for State store operation=<operationType> on state=<stateName>.',
    sqlState: '42802',
  },
  STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE: {
    message: "Unknown time mode <timeMode>. Accepted timeMode modes are 'none', 'processingTime', 'eventTime'",
    sqlState: '42802',
  },
  STATE_MEMORY_LIMIT_EXCEEDED: {
    message:
      'The state of the query needs <needed> of memory, its limit is <limit>; the table that grows holds <numKeys> keys.',
    sqlState: '53200',
    hint: 'Raise millrace.state.maxMemoryMB, or let less state live: a watermark with a shorter delay, fewer keys.',
  },
  STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS: {
    message: 'Failed to create column family with unsupported starting character and name=<colFamilyName>.',
    sqlState: '42802',
  },
  STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME: {
    message:
      'Failed to perform column family operation=<operationName> with invalid name=<colFamilyName>. Column family name cannot be empty or include leading/trailing spaces or use the reserved keyword=default',
    sqlState: '42802',
  },
  STATE_STORE_INVALID_CONFIG_AFTER_RESTART: {
    message:
      'Cannot change <configName> from <oldConfig> to <newConfig> between restarts. Please set <configName> to <oldConfig>, or restart with a new checkpoint directory.',
    sqlState: '42K06',
  },
  STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE: {
    message:
      'Cannot change <stateVarName> to <newType> between query restarts. Please set <stateVarName> to <oldType>, or restart with a new checkpoint directory.',
    sqlState: '42K06',
  },
  STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE: {
    message:
      'Provided key schema does not match existing state key schema. Please check number and type of fields. Existing key_schema=<storedKeySchema> and new key_schema=<newKeySchema>.',
    sqlState: 'XXKST',
    hint: 'Undo the change of the grouping keys, or start the changed query with a new checkpointLocation.',
  },
  STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE: {
    message:
      'Provided value schema does not match existing state value schema. Please check number and type of fields. Existing value_schema=<storedValueSchema> and new value_schema=<newValueSchema>.',
    sqlState: 'XXKST',
    hint: 'Undo the change of the aggregates, or start the changed query with a new checkpointLocation.',
  },
  STDS_COMMITTED_BATCH_UNAVAILABLE: {
    message:
      'No committed batch found, checkpoint location: <checkpointLocation>. Ensure that the query has run and committed any microbatch before stopping.',
    sqlState: 'KD006',
  },
  STDS_CONFLICT_OPTIONS: {
    message: 'The options <options> cannot be specified together. Please specify the one.',
    sqlState: '42613',
  },
  STDS_FAILED_TO_READ_STATE_SCHEMA: {
    message:
      'Failed to read the state schema. Either the file does not exist, or the file is corrupted. options: <sourceOptions>. Rerun the streaming query to construct the state schema, and report to the corresponding communities or vendors if the error persists.',
    sqlState: '42K03',
  },
  'STDS_INVALID_OPTION_VALUE.IS_EMPTY': {
    message: "Invalid value for source option '<optionName>': cannot be empty.",
    sqlState: '42616',
  },
  'STDS_INVALID_OPTION_VALUE.IS_NEGATIVE': {
    message: "Invalid value for source option '<optionName>': cannot be negative.",
    sqlState: '42616',
  },
  'STDS_INVALID_OPTION_VALUE.WITH_MESSAGE': {
    message: "Invalid value for source option '<optionName>': <message>",
    sqlState: '42616',
  },
  STDS_REQUIRED_OPTION_UNSPECIFIED: { message: "'<optionName>' must be specified.", sqlState: '42601' },
  STORAGE_FULL: {
    message: 'Writing <name> failed: no space is left on the device of <location>.',
    sqlState: '53100',
    hint: 'Free space and start the query again: it goes on with the batch in flight.',
  },
  STORAGE_IO: { message: '<action> of <name> in <location> failed: <reason>.', sqlState: '58030' },
  STREAMING_CHECKPOINT_MISSING_METADATA_FILE: {
    message:
      'Checkpoint location <checkpointLocation> is in an inconsistent state: the metadata file is missing but offset and/or commit logs contain data. Please restore the metadata file or create a new checkpoint directory.',
    sqlState: '42K03',
  },
  'STREAMING_OUTPUT_MODE.INVALID': {
    message: "Invalid streaming output mode: <outputMode>. Accepted output modes are 'Append', 'Complete', 'Update'.",
    sqlState: '42KDE',
  },
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE': {
    message:
      'Invalid streaming output mode: <outputMode>. This output mode is not supported in Data Source <className>.',
    sqlState: '42KDE',
  },
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION': {
    message:
      'Invalid streaming output mode: <outputMode>. This output mode is not supported for <operation> on streaming DataFrames/DataSets.',
    sqlState: '42KDE',
  },
  'STREAMING_REAL_TIME_MODE.INPUT_STREAM_NOT_SUPPORTED': {
    message:
      'Streaming real-time mode has the following limitation: The input stream <className> is not supported in Real-time Mode.',
    sqlState: '0A000',
  },
  'STREAMING_REAL_TIME_MODE.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST': {
    message:
      'Streaming real-time mode has the following limitation: The <errorType>(s): <message> not in the <errorType> allowlist for Real-Time Mode. To bypass this check, set spark.sql.streaming.realTimeMode.allowlistCheck to false. By changing this, you agree to run the query at your own risk.',
    sqlState: '0A000',
  },
  'STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED': {
    message:
      'Streaming real-time mode has the following limitation: The output mode <outputMode> is not supported. To work around this limitation, set the output mode to Update. In the future, <outputMode> may be supported.',
    sqlState: '0A000',
  },
  'STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED': {
    message:
      'Streaming real-time mode has the following limitation: The <className> sink is currently not supported. See the Real-Time Mode User Guide for a list of supported sinks.',
    sqlState: '0A000',
  },
  STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY: {
    message:
      'Cannot restart streaming query with stateful operators because the state directory is empty or missing. Stateful operators in current batch: [<OpsInCurBatchSeq>]. This typically occurs when state files have been deleted or the streaming query was previously run without stateful operators but restarted with stateful operators. Please remove the stateful operators, use a new checkpoint location, or restore the missing state files.',
    sqlState: '42K03',
  },
  STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA: {
    message:
      'Streaming stateful operator name does not match with the operator in state metadata. This likely to happen when user adds/removes/changes stateful operator of existing streaming query. Stateful operators in the metadata: [<OpsInMetadataSeq>]; Stateful operators in current batch: [<OpsInCurBatchSeq>].',
    sqlState: '42K03',
  },
  STREAM_PRODUCER_FAILED: { message: 'The producer of <stream> failed: <reason>.', sqlState: '58000' },
  TABLE_OR_VIEW_ALREADY_EXISTS: {
    message:
      'Cannot create table or view <relationName> because it already exists. Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.',
    sqlState: '42P07',
  },
  TABLE_OR_VIEW_NOT_FOUND: {
    message:
      'The table or view <relationName> cannot be found. Verify the spelling and correctness of the schema and catalog. Search path: <searchPath>. If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog. To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.',
    sqlState: '42P01',
  },
  TEMP_TABLE_OR_VIEW_ALREADY_EXISTS: {
    message:
      'Cannot create the temporary view <relationName> because it already exists. Choose a different name, drop or replace the existing view.',
    sqlState: '42P07',
  },
  TEST_CRASH: { message: 'The test crashes the query before <point>.', sqlState: 'XX000' },
  TEST_EXPECTATION_FAILED: {
    message: '<what> is not as expected. Expected: <expected>. Found: <found>.',
    sqlState: 'P0004',
  },
  THETA_INVALID_INPUT_SKETCH_BUFFER: {
    message:
      'Invalid call to <function>; only valid Theta sketch buffers are supported as inputs (such as those produced by the `theta_sketch_agg` function).',
    sqlState: '22000',
  },
  THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT: {
    message:
      'Invalid call to <function>; the `lgNomEntries` value must be a constant value, but got a non-constant expression.',
    sqlState: '42K0E',
  },
  TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR: {
    message: 'An error occurred in the user-defined function <function> of the StatefulProcessor. Reason: <reason>.',
    sqlState: '39000',
  },
  TUPLE_INVALID_INPUT_SKETCH_BUFFER: {
    message:
      'Invalid call to <function>; only valid Tuple sketch buffers are supported as inputs (such as those produced by the corresponding `tuple_sketch_agg_*` function).',
    sqlState: '22000',
  },
  TUPLE_INVALID_SKETCH_MODE: {
    message: "Invalid call to <function>: mode '<mode>' is not supported. Valid modes are: <validModes>.",
    sqlState: '22023',
  },
  UDTF_ALIAS_NUMBER_MISMATCH: {
    message:
      'The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected <aliasesSize> aliases, but got <aliasesNames>. Please ensure that the number of aliases provided matches the number of columns output by the UDTF.',
    sqlState: '42802',
  },
  UNABLE_TO_INFER_SCHEMA: {
    message: 'Unable to infer schema for <format>. It must be specified manually.',
    sqlState: '42KD9',
  },
  UNBOUND_SQL_PARAMETER: {
    message:
      'Found the unbound parameter: <name>. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.',
    sqlState: '42P02',
  },
  UNCLOSED_BRACKETED_COMMENT: {
    message: 'Found an unclosed bracketed comment. Please, append */ at the end of the comment.',
    sqlState: '42601',
  },
  UNEXPECTED_INPUT_TYPE: {
    message:
      'Parameter <paramIndex> of function <functionName> requires the <requiredType> type, however <inputSql> has the type <inputType>.',
    sqlState: '42K09',
  },
  UNEXPECTED_POSITIONAL_ARGUMENT: {
    message:
      'Cannot invoke routine <routineName> because it contains positional argument(s) following the named argument assigned to <parameterName>; please rearrange them so the positional arguments come first and then retry the query again.',
    sqlState: '4274K',
  },
  UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE: {
    message:
      'The UNION operator is not yet supported within recursive common table expressions (WITH clauses that refer to themselves, directly or indirectly). Please use UNION ALL instead.',
    sqlState: '42836',
  },
  UNKNOWN_OPTION: { message: '<format> has no option <option>. Did you mean <proposal>?', sqlState: '42K02' },
  UNPIVOT_VALUE_DATA_TYPE_MISMATCH: {
    message: 'Unpivot value columns must share a least common type, some types do not: [<types>].',
    sqlState: '42K09',
  },
  UNPIVOT_VALUE_SIZE_MISMATCH: {
    message: 'All unpivot value columns must have the same size as there are value column names (<names>).',
    sqlState: '428C4',
  },
  UNRECOGNIZED_PARAMETER_NAME: {
    message:
      'Cannot invoke routine <routineName> because the routine call included a named argument reference for the argument named <argumentName>, but this routine does not include any signature containing an argument with this name. Did you mean one of the following? [<proposal>].',
    sqlState: '4274K',
  },
  UNRESOLVABLE_TABLE_VALUED_FUNCTION: {
    message:
      'Could not resolve <name> to a table-valued function. Please make sure that <name> is defined as a table-valued function and that all required parameters are provided correctly. If <name> is not defined, please create the table-valued function before using it. For more information about defining table-valued functions, please refer to the Apache Spark documentation.',
    sqlState: '42883',
  },
  UNRESOLVED_ALL_IN_GROUP_BY: {
    message:
      'Cannot infer grouping columns for GROUP BY ALL based on the select clause. Please explicitly specify the grouping columns.',
    sqlState: '42803',
  },
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': {
    message: 'A column, variable, or function parameter with name <objectName> cannot be resolved.',
    sqlState: '42703',
  },
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': {
    message:
      'A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].',
    sqlState: '42703',
  },
  UNRESOLVED_COLUMN_AMONG_FIELD_NAMES: {
    message: 'Cannot resolve column name "<colName>" among (<fieldNames>).',
    sqlState: '42703',
  },
  UNRESOLVED_ROUTINE: {
    message: 'Cannot resolve routine <routineName> on search path <searchPath>.',
    sqlState: '42883',
  },
  UNRESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET: {
    message:
      'The specified start <offsetType> <startOffset> is greater than the end <offsetType> <endOffset> for topic <topic> partition <partition>.',
    sqlState: '22023',
  },
  UNRESOLVED_USING_COLUMN_FOR_JOIN: {
    message:
      'USING column <colName> cannot be resolved on the <side> side of the join. The <side>-side columns: [<suggestion>].',
    sqlState: '42703',
  },
  UNRESOLVED_VARIABLE: {
    message: 'Cannot resolve variable <variableName> on search path <searchPath>.',
    sqlState: '42883',
  },
  UNSUPPORTED_DATATYPE: { message: 'Unsupported data type <typeName>.', sqlState: '0A000' },
  UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: {
    message: "The <format> datasource doesn't support the column <columnName> of the type <columnType>.",
    sqlState: '0A000',
  },
  UNSUPPORTED_EXPR_FOR_OPERATOR: {
    message:
      'The query operator <operator> contains one or more unsupported expressions. Consider to rewrite it to avoid window functions, aggregate functions, and generator functions in the <operator> operator. Invalid expressions: [<invalidExprSqls>]',
    sqlState: '42K0E',
  },
  UNSUPPORTED_EXPR_FOR_WINDOW: {
    message: 'Expression <sqlExpr> not supported within a window function.',
    sqlState: '42P20',
  },
  UNSUPPORTED_FEATURE: { message: '<feature> is not supported.', sqlState: '0A000' },
  'UNSUPPORTED_FEATURE.AES_MODE': {
    message: 'The feature is not supported: AES-<mode> with the padding <padding> by the <functionName> function.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.AES_MODE_AAD': {
    message:
      'The feature is not supported: <functionName> with AES-<mode> does not support additional authenticate data (AAD).',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.AES_MODE_IV': {
    message:
      'The feature is not supported: <functionName> with AES-<mode> does not support initialization vectors (IVs).',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.LATERAL_JOIN_USING': {
    message: 'The feature is not supported: JOIN USING with LATERAL correlation.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE': {
    message:
      'The feature is not supported: The SQL pipe operator syntax with aggregation (using |> AGGREGATE) does not support <case>.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY': {
    message:
      'The feature is not supported: PIVOT clause following a GROUP BY clause. Consider pushing the GROUP BY into a subquery.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN': {
    message:
      'Queries from raw JSON/CSV files are disallowed when the referenced columns only include the internal corrupt record column (named `_corrupt_record` by default).',
    sqlState: '0A000',
    hint: 'Use another column of the file too, or save the parsed rows first and query those.',
  },
  'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE': {
    message:
      'The feature is not supported: Cannot have MAP type columns in a set operation (INTERSECT, EXCEPT, etc.), but the type of column <colName> is <dataType>.',
    sqlState: '0A000',
    hint: 'Leave the map out, or compare it as text: to_json of the map.',
  },
  'UNSUPPORTED_GENERATOR.MULTI_GENERATOR': {
    message:
      'The generator is not supported: only one generator allowed per SELECT clause but found <num>: <generators>.',
    sqlState: '42K0E',
  },
  'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS': {
    message: 'The generator is not supported: nested in expressions <expression>.',
    sqlState: '42K0E',
  },
  'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT': {
    message: 'The generator is not supported: outside the SELECT clause, found: <plan>.',
    sqlState: '42K0E',
  },
  UNSUPPORTED_GROUPING_EXPRESSION: {
    message: 'grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.',
    sqlState: '42K0E',
  },
  UNSUPPORTED_JOIN_TYPE: {
    message: "Unsupported join type '<typ>'. Supported join types include: <supported>.",
    sqlState: '0A000',
  },
  UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK: {
    message:
      '<outputMode> output mode not supported for <statefulOperator> on streaming DataFrames/DataSets without watermark.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_COLUMN_IS_NOT_ALLOWED_IN_PREDICATE': {
    message: 'Unsupported subquery expression: Correlated column is not allowed in predicate: <treeNode>',
    sqlState: '0A000',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE': {
    message:
      'Unsupported subquery expression: Expressions referencing the outer query are not supported outside of WHERE/HAVING clauses: <sqlExprs>.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC': {
    message: 'Unsupported subquery expression: Lateral join condition cannot be non-deterministic: <condition>.',
    sqlState: '0A000',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES': {
    message:
      'Unsupported subquery expression: Non-deterministic lateral subqueries are not supported when joining with outer relations that produce more than one row: <treeNode>',
    sqlState: '0A000',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY': {
    message:
      'Unsupported subquery expression: IN/EXISTS predicate subqueries can only be used in filters, joins, aggregations, window functions, projections, and UPDATE/MERGE/DELETE commands: <treeNode>',
    sqlState: '0A000',
  },
  UNSUPPORTED_TIME_PRECISION: {
    message: 'The seconds precision <precision> of the TIME data type is out of the supported range [0, 9].',
    sqlState: '0A001',
  },
  UNSUPPORTED_TIME_TYPE: { message: 'The data type TIME is not supported.', sqlState: '0A000' },
  UNSUPPORTED_TYPED_LITERAL: {
    message: 'Literals of the type <unsupportedType> are not supported. Supported types are <supportedTypes>.',
    sqlState: '0A000',
  },
  'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS': {
    message:
      'User defined function is invalid: SQL scalar function cannot contain aggregate/window/generate functions: <queryText>',
    sqlState: '42601',
  },
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION': {
    message:
      'User defined function is invalid: The DEFAULT expression of `<functionName>`.`<parameterName>` is not supported because it contains a subquery.',
    sqlState: '42601',
  },
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION': {
    message:
      'User defined function is invalid: In routine `<functionName>` parameter `<parameterName>` with DEFAULT must not be followed by parameter `<nextParameterName>` without DEFAULT.',
    sqlState: '42601',
  },
  'USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS': {
    message: 'User defined function is invalid: Cannot specify NOT NULL on function parameters: <input>',
    sqlState: '42601',
  },
  'USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH': {
    message:
      'User defined function is invalid: The number of columns produced by the RETURN clause (num: `<outputSize>`) does not match the number of column names specified by the RETURNS clause (num: `<returnParamSize>`) of <name>.',
    sqlState: '42601',
  },
  'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY': {
    message: 'User defined function is invalid: SQL table function <name> body must be a query.',
    sqlState: '42601',
  },
  USER_FUNCTION_ERROR: {
    message: 'The function given to <function> failed: <reason>',
    sqlState: '39000',
    hint: 'The query stopped before the batch was committed. Mend the function and start the query again: it goes on with the same rows.',
  },
  USER_RAISED_EXCEPTION: { message: '<errorMessage>', sqlState: 'P0001' },
  VALUE_NOT_READABLE: {
    message: 'The value <value> of the column <column> of <source> cannot be read as <type>.',
    sqlState: '22018',
    hint: 'Give the column another type with customSchema, or cast it in the query.',
  },
  VALUE_NOT_STORABLE: {
    message: '<sink> cannot store the value <value> of column <column>: <reason>.',
    sqlState: '22003',
  },
  VARIABLE_ALREADY_EXISTS: {
    message:
      'Cannot create the variable <variableName> because it already exists. Choose a different name, or drop or replace the existing variable.',
    sqlState: '42723',
  },
  VARIABLE_NOT_FOUND: {
    message:
      'The variable <variableName> cannot be found. Verify the spelling and correctness of the schema and catalog. If you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog. To tolerate the error on drop use DROP VARIABLE IF EXISTS.',
    sqlState: '42883',
  },
  VECTOR_DIMENSION_MISMATCH: {
    message: 'Vectors passed to <functionName> must have the same dimension, but got <leftDim> and <rightDim>.',
    sqlState: '22000',
  },
  VIEW_EXCEED_MAX_NESTED_DEPTH: {
    message:
      'The depth of view <viewName> exceeds the maximum view resolution depth (<maxNestedDepth>). Analysis is aborted to avoid errors. If you want to work around this, please try to increase the value of "spark.sql.view.maxNestedViewDepth".',
    sqlState: '54K00',
  },
  WINDOW_FUNCTION_FRAME_NOT_ORDERED: {
    message:
      'Window function <wf_name> requires the window to be ordered. You need to add an ORDER BY clause. For example: SELECT <wf_expr> OVER (PARTITION BY window_partition ORDER BY window_ordering) FROM table.',
    sqlState: '42601',
  },
  WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE: {
    message: 'It is not allowed to use window functions inside <clauseName> clause.',
    sqlState: '42601',
  },
  WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE: {
    message: 'Window function <funcName> requires an OVER clause.',
    sqlState: '42601',
  },
  WORKER_LOST: {
    message: 'Worker thread <worker> ended: <reason>.',
    sqlState: '58030',
    hint: 'The batch is run again on a new thread. When it happens again and again, the data of a batch may need more memory than a thread has.',
    retry: 'backoff',
  },
  WRITE_STREAM_NOT_ALLOWED: {
    message: '`writeStream` can be called only on streaming Dataset/DataFrame.',
    sqlState: '42601',
  },
  WRONG_COMMAND_FOR_OBJECT_TYPE: {
    message:
      'The operation <operation> requires a <requiredType>. But <objectName> is a <foundType>. Use <alternative> instead.',
    sqlState: '42809',
  },
  'WRONG_NUM_ARGS.WITHOUT_SUGGESTION': {
    message:
      "The <functionName> requires <expectedNum> parameters but the actual number is <actualNum>. Please, refer to '<docroot>/sql-ref-functions.html' for a fix.",
    sqlState: '42605',
  },
  _LEGACY_ERROR_TEMP_0026: {
    message:
      'Can only use numbers in the interval value part for multiple unit value pairs interval form, but got invalid value: <value>.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_0029: { message: 'Cannot mix year-month and day-time fields: <literal>.', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_0053: {
    message: 'It is not allowed to define a TEMPORARY view with IF NOT EXISTS.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_0063: { message: '<msg>.', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_1006: {
    message: "Aggregate expression required for pivot, but '<sql>' did not appear in any aggregate function.",
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1031: {
    message:
      'It is not allowed to use a window function inside an aggregate function. Please use the inner window function in a sub-query.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1035: { message: 'Cannot specify window frame for <prettyName> function.', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_1036: {
    message: 'Window Frame <wf> must match the required frame <required>.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1039: {
    message:
      'Multiple time/session window expressions would result in a cartesian product of rows, therefore they are currently not supported.',
    sqlState: 'XXKMR',
    hint: 'Use one window per select or groupBy, and another one over its result.',
  },
  _LEGACY_ERROR_TEMP_1040: {
    message: 'Gap duration expression used in session window must be CalendarIntervalType, but got <dt>.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1050: {
    message: 'Can only star expand struct data types. Attribute: `<attributes>`.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1147: {
    message:
      'The ordering of partition columns is <partColumns>. All partition columns having constant values need to appear before other partition columns that do not have an assigned constant value.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1181: {
    message: 'Stream-stream join without equality predicate is not supported.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1194: { message: 'queryName must be specified for memory sink.', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_1290: {
    message: 'Text data source supports only a single column, and you have <schemaSize> columns.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_1295: { message: 'Set a host to read from with option("host", ...).', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_1296: { message: 'Set a port to read from with option("port", ...).', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_1298: {
    message:
      'checkpointLocation must be specified either through option("checkpointLocation", ...) or SparkSession.conf.set("<config>", ...).',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2048: {
    message:
      "Schema must be specified when creating a streaming source DataFrame. If some files already exist in the directory, then depending on the file format you may be able to create a static DataFrame on that directory with 'spark.read.load(directory)' and infer schema from it.",
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2076: {
    message: 'The length of <path> is <len>, which exceeds the max length allowed: <maxLength>.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2093: {
    message: 'Found duplicate field(s) "<requiredFieldName>": <matchedOrcFields> in case-insensitive mode.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2128: {
    message: 'The key array and value array of MapData must have the same length.',
    sqlState: '22023',
  },
  _LEGACY_ERROR_TEMP_2203: {
    message: 'Cannot set timeout duration without enabling processing time timeout in [map|flatMap]GroupsWithState.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2204: {
    message: 'Cannot get event time watermark timestamp without setting watermark before [map|flatMap]GroupsWithState.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2205: {
    message: 'Cannot set timeout timestamp without enabling event time timeout in [map|flatMapGroupsWithState.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_2242: {
    message: '<provider> source does not support user-specified schema.',
    sqlState: 'XXKMR',
    hint: 'Leave out schema(…): the columns are those of the source.',
  },
  _LEGACY_ERROR_TEMP_3063: {
    message: 'pivot is not supported on a streaming DataFrames/Datasets',
    sqlState: 'XXKMR',
    hint: 'Name the values, as pivot("action", ["open", "close"]), with outputMode("update") or "complete".',
  },
  _LEGACY_ERROR_TEMP_3068: {
    message: 'Global aggregation with session window in streaming query is not supported.',
    sqlState: 'XXKMR',
  },
  _LEGACY_ERROR_TEMP_3076: {
    message: 'Redefining watermark is disallowed.',
    sqlState: 'XXKMR',
    hint: 'Call withWatermark once per stream, on the column whose time the query goes by.',
  },
  _LEGACY_ERROR_TEMP_3102: { message: '<msg>', sqlState: 'XXKMR' },
  _LEGACY_ERROR_TEMP_3231: {
    message: 'Intervals greater than a month is not supported (<interval>).',
    sqlState: 'XXKMR',
    hint: 'Write the length in days or shorter units.',
  },
  _LEGACY_ERROR_TEMP_3242: {
    message: 'sequence step must be an <intervalType> of day granularity if start and end values are dates',
    sqlState: 'XXKMR',
  },
} as const satisfies Record<string, ErrorCondition>;

/** The name of a condition, as `DIVIDE_BY_ZERO` or `UNRESOLVED_COLUMN.WITH_SUGGESTION`. */
export type ErrorConditionName = keyof typeof ERROR_CONDITIONS;
