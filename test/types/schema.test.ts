import { describe, expect, test } from 'vitest';
import { parseSchema, parseType, parseTypeJson, schemaJson, toDdl, treeString } from '../../src/types/schema.ts';

const NESTED =
  'time TIMESTAMP, action STRING NOT NULL, m MAP<STRING, ARRAY<INT>>, s STRUCT<a: INT NOT NULL, b: DECIMAL(10,2)>, x ARRAY<STRUCT<`a b`:INT>>, mm MAP<STRUCT<k:INT>,STRUCT<v:INT>>';

describe('DDL', () => {
  test.each([
    [
      'a boolean, b tinyint, c byte, d short, e smallint, f integer, g bigint, h long, i float, j real, k double, l date, m timestamp_ltz, n timestamp_ntz, o string, p binary, q decimal, r dec, s numeric(5), t dec(5,1), u void',
      'a BOOLEAN,b TINYINT,c TINYINT,d SMALLINT,e SMALLINT,f INT,g BIGINT,h BIGINT,i FLOAT,j FLOAT,k DOUBLE,l DATE,m TIMESTAMP,n TIMESTAMP_NTZ,o STRING,p BINARY,q DECIMAL(10,0),r DECIMAL(10,0),s DECIMAL(5,0),t DECIMAL(5,1),u VOID',
    ],
    ['from int, select string, 1a int', 'from INT,select STRING,`1a` INT'],
    ['`a``b` int', '`a``b` INT'],
    ['a struct<>', 'a STRUCT<>'],
    ['date date, timestamp timestamp, x struct<date: date>', 'date DATE,timestamp TIMESTAMP,x STRUCT<date: DATE>'],
    ['a array<map<int,array<struct<x:int>>>>', 'a ARRAY<MAP<INT, ARRAY<STRUCT<x: INT>>>>'],
    ['-- c\na int /* x */', 'a INT'],
    ["a STRUCT<a INT, `c d` STRING> NOT NULL COMMENT 'it\\'s'", 'a STRUCT<a: INT, `c d`: STRING> NOT NULL'],
    ['struct<a: int>', 'a INT'],
  ])('%s is read as Spark reads it', (ddl, expected) => {
    expect(toDdl(parseSchema(ddl))).toBe(expected);
  });

  test.each([
    ['`a b` long, c: int', "[PARSE_SYNTAX_ERROR] Syntax error at or near ':'. SQLSTATE: 42601"],
    ['a bool', '[UNSUPPORTED_DATATYPE] Unsupported data type "BOOL". SQLSTATE: 0A000'],
    ['a int default 5', "[PARSE_SYNTAX_ERROR] Syntax error at or near 'default'. SQLSTATE: 42601"],
    ['a int,', '[PARSE_SYNTAX_ERROR] Syntax error at or near end of input. SQLSTATE: 42601'],
    ['a int not', "[PARSE_SYNTAX_ERROR] Syntax error at or near end of input: missing 'NULL'. SQLSTATE: 42601"],
    ['', '[PARSE_EMPTY_STATEMENT]'],
    ['a array', '[INCOMPLETE_TYPE_DEFINITION.ARRAY]'],
    ['a map', '[INCOMPLETE_TYPE_DEFINITION.MAP]'],
    ['a struct', '[INCOMPLETE_TYPE_DEFINITION.STRUCT]'],
    ['a-b int', '[INVALID_IDENTIFIER] The unquoted identifier a-b is invalid'],
    ['é int', '[INVALID_IDENTIFIER]'],
    ['1 int', "[PARSE_SYNTAX_ERROR] Syntax error at or near '1'."],
    ['a decimal(40,2)', '[DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION] Decimal precision 40 exceeds max precision 38.'],
    ['a decimal(5,7)', '[DECIMAL_SCALE_EXCEEDS_PRECISION] Decimal scale (7) cannot be greater than precision (5).'],
    ['a.b int', "[PARSE_SYNTAX_ERROR] Syntax error at or near '.'."],
    [`a ${'array<'.repeat(1000)}int${'>'.repeat(1000)}`, '[PARSE_SYNTAX_ERROR]'],
  ])('%s is refused with the error of Spark', (ddl, message) => {
    expect(() => parseSchema(ddl)).toThrow(message);
  });

  test('a type alone is read whole', () => {
    expect(parseType('array<int>')).toEqual({ kind: 'array', elementType: { kind: 'integer' }, containsNull: true });
    expect(() => parseType('int not null')).toThrow("near 'not'");
  });
});

describe('other forms', () => {
  test('the tree is the one printSchema prints', () => {
    expect(treeString(parseSchema(NESTED))).toBe(`root
 |-- time: timestamp (nullable = true)
 |-- action: string (nullable = false)
 |-- m: map (nullable = true)
 |    |-- key: string
 |    |-- value: array (valueContainsNull = true)
 |    |    |-- element: integer (containsNull = true)
 |-- s: struct (nullable = true)
 |    |-- a: integer (nullable = false)
 |    |-- b: decimal(10,2) (nullable = true)
 |-- x: array (nullable = true)
 |    |-- element: struct (containsNull = true)
 |    |    |-- a b: integer (nullable = true)
 |-- mm: map (nullable = true)
 |    |-- key: struct
 |    |    |-- k: integer (nullable = true)
 |    |-- value: struct (valueContainsNull = true)
 |    |    |-- v: integer (nullable = true)
`);
  });

  test('JSON and DDL read back to the same schema', () => {
    const schema = parseSchema(NESTED);
    expect(parseTypeJson(schemaJson(schema))).toEqual(schema);
    expect(parseSchema(toDdl(schema))).toEqual(schema);
    expect(schemaJson(parseSchema('a array<array<decimal(3,1)>>'))).toBe(
      '{"type":"struct","fields":[{"name":"a","type":{"type":"array","elementType":{"type":"array","elementType":"decimal(3,1)","containsNull":true},"containsNull":true},"nullable":true,"metadata":{}}]}',
    );
  });

  test.each(['{', '"foo"', '{"type":"struct","fields":[{}]}', '"decimal(50,1)"', 'null', '{"type":"array"}'])(
    'the JSON %s is refused',
    (text) => {
      expect(() => parseTypeJson(text)).toThrow('INVALID_JSON_DATA_TYPE');
    },
  );
});
