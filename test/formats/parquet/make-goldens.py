"""Makes the Parquet goldens with a real PySpark 4.3.0 and pyarrow.

  python make-goldens.py files          files in every form Spark and pyarrow write, below goldens/, and what Spark reads of them
  python make-goldens.py check ROOT     what Spark and pyarrow read of the folders written-files.ts has written below ROOT

Rows are Spark's toJSON texts, sorted; of many rows their MD5.
"""
import datetime
import decimal
import hashlib
import json
import os
import shutil
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens")
MOST_ROWS = 40

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.parquet.int96RebaseModeInRead", "CORRECTED")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")

FLAT = """select cast(id as int) as i, id * 1000003 - 5 as l, cast(id % 100 as tinyint) as by, cast(id * 7 % 30000 as smallint) as sh,
  cast(id / 3 as float) as f, id / 7 as d, id % 3 = 0 as b, concat('text ', id % 10) as s, concat('söme unique tëxt ', id) as u,
  cast(concat('bin', id) as binary) as bi, date_add(date'1969-12-20', cast(id as int)) as da,
  timestamp_micros(id * 86399999999 - 100000000000000) as ts, cast(timestamp_micros(id * 1234567891) as timestamp_ntz) as tn,
  cast(id / 100 as decimal(9,2)) as d9, cast(-id / 100 as decimal(18,4)) as d18, cast(id * 1e15 as decimal(38,10)) as d38
  from range({n})"""
NULLS = "select " + ", ".join(
    f"if(id % {m} = {m - 1}, null, {e}) as {c}"
    for c, e, m in [
        ("i", "cast(id as int)", 2), ("l", "id", 3), ("s", "concat('t', id % 4)", 4), ("d", "id / 2", 5), ("b", "id % 2 = 0", 6),
        ("t", "timestamp_seconds(id)", 7), ("e", "cast(id as decimal(30,3))", 8), ("bi", "cast(cast(id as string) as binary)", 9),
        ("n", "cast(null as int)", 10)]) + " from range({n})"
NESTED = """select id, if(id % 5 = 4, null, sequence(0, id % 4)) as a, if(id % 7 = 6, array(), array(if(id % 2 = 0, null, concat('e', id)), 'x')) as an,
  if(id % 6 = 5, null, map(concat('k', id % 3), id, 'z', null)) as m, if(id % 4 = 3, null, named_struct('x', cast(id as int), 'y', if(id % 3 = 0, null, concat('y', id)))) as st,
  array(named_struct('p', id, 'q', array(array(1, cast(id as int)), null, array())), null) as deep,
  map('m', array(named_struct('v', map(1, 'one', 2, null)))) as mm, named_struct('in', named_struct('arr', array(id, null), 'n', cast(null as string))) as si
  from range({n})"""


def answer(frame):
    rows = sorted(frame.toJSON().collect())
    content = {"rows": rows} if len(rows) <= MOST_ROWS else {"md5": hashlib.md5("\n".join(rows).encode()).hexdigest()}
    return {"schema": frame.schema.simpleString(), "count": len(rows), **content}


def spark_file(name, frame, partition_by=(), **options):
    """Writes one file (or a partitioned folder) under a plain name."""
    with tempfile.TemporaryDirectory() as folder:
        writer = frame.coalesce(1).write.options(**{k.replace("__", "."): v for k, v in options.items()})
        if partition_by:
            writer.partitionBy(*partition_by).parquet(folder + "/out")
            shutil.rmtree(os.path.join(HERE, name), ignore_errors=True)
            for base, _, files in os.walk(folder + "/out"):
                for i, file in enumerate(sorted(f for f in files if f.endswith(".parquet"))):
                    target = os.path.join(HERE, name, os.path.relpath(base, folder + "/out"))
                    os.makedirs(target, exist_ok=True)
                    shutil.copy(os.path.join(base, file), os.path.join(target, f"part-{i}.parquet"))
            return name
        writer.parquet(folder + "/out")
        found = [f for f in os.listdir(folder + "/out") if f.endswith(".parquet")]
        shutil.copy(os.path.join(folder, "out", found[0]), os.path.join(HERE, name + ".parquet"))
    return name + ".parquet"


def arrow_tables():
    n = 300
    D = decimal.Decimal
    numbers = pa.table({
        "u8": pa.array([i % 256 for i in range(n)], pa.uint8()),
        "u16": pa.array([i * 200 for i in range(n)], pa.uint16()),
        "u32": pa.array([4294967295 - i for i in range(n)], pa.uint32()),
        "i8": pa.array([i % 100 - 50 for i in range(n)], pa.int8()),
        "i64": pa.array([None if i % 11 == 0 else (-1) ** i * i * 10 ** 14 for i in range(n)], pa.int64()),
        "i32": pa.array([i * i - 4000 for i in range(n)], pa.int32()),
        "f": pa.array([i / 8 for i in range(n)], pa.float32()),
        "d": pa.array([None if i % 9 == 0 else i / 7 for i in range(n)], pa.float64()),
        "ms": pa.array([i * 86400001 - 10 ** 9 for i in range(n)], pa.timestamp("ms", tz="UTC")),
        "us": pa.array([i * 777 for i in range(n)], pa.timestamp("us")),
        "dec": pa.array([D(i) / 100 for i in range(n)], pa.decimal128(12, 2)),
    })
    texts = pa.table({
        "s": pa.array([None if i % 10 == 0 else "prefix/shared/" + str(i // 3) for i in range(n)]),
        "b": pa.array([bytes([i % 256, 255 - i % 256]) for i in range(n)]),
        "l": pa.array([None if i % 8 == 0 else ["v" + str(j) for j in range(i % 5)] for i in range(n)]),
    })
    return numbers, texts


def arrow_files():
    numbers, texts = arrow_tables()
    write = lambda name, table, **options: (pq.write_table(table, os.path.join(HERE, name + ".parquet"), store_schema=False, **options), name + ".parquet")[1]
    delta = {c: "DELTA_BINARY_PACKED" for c in ["u8", "u16", "u32", "i8", "i64", "i32", "ms", "us"]}
    split = {"f": "BYTE_STREAM_SPLIT", "d": "BYTE_STREAM_SPLIT"}
    plain = dict(use_dictionary=False)
    yield write("arrow-plain", numbers, compression="NONE", **plain)
    yield write("arrow-delta", numbers, column_encoding={**delta, **split}, data_page_version="2.0", compression="ZSTD", **plain)
    yield write("arrow-dictionary-v2", numbers, data_page_version="2.0", compression="SNAPPY", data_page_size=200)
    yield write("arrow-texts-length", texts, column_encoding={c: "DELTA_LENGTH_BYTE_ARRAY" for c in ["s", "b", "l.list.element"]}, compression="GZIP", **plain)
    yield write("arrow-texts-delta", texts, column_encoding={c: "DELTA_BYTE_ARRAY" for c in ["s", "b", "l.list.element"]}, compression="LZ4", data_page_version="2.0", **plain)
    yield write("arrow-texts-brotli", texts, compression="BROTLI", row_group_size=70, data_page_size=100)


def files():
    os.makedirs(HERE, exist_ok=True)
    flat, nulls, nested = (lambda q: lambda n: spark.sql(q.format(n=n)))(FLAT), (lambda q: lambda n: spark.sql(q.format(n=n)))(NULLS), (lambda q: lambda n: spark.sql(q.format(n=n)))(NESTED)
    names = [
        spark_file("flat-snappy", flat(30)),
        spark_file("flat-gzip", flat(200), compression="gzip"),
        spark_file("flat-zstd", flat(200), compression="zstd"),
        spark_file("flat-lz4raw", flat(200), compression="lz4_raw"),
        spark_file("flat-plain", flat(200), compression="none", parquet__enable__dictionary="false"),
        spark_file("flat-v2", flat(500), parquet__writer__version="v2", parquet__page__row__count__limit="100"),
        spark_file("flat-micros", (spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"), flat(50))[1]),
        spark_file("flat-millis", (spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS"), flat(50))[1]),
        spark_file("nulls", (spark.conf.set("spark.sql.parquet.outputTimestampType", "INT96"), nulls(40))[1]),
        spark_file("nulls-pages", nulls(5000), parquet__page__row__count__limit="333", compression="zstd"),
        spark_file("nested", nested(40)),
        spark_file("nested-pages", nested(600), parquet__page__row__count__limit="50", compression="zstd"),
        spark_file("row-groups", spark.range(5000).selectExpr("id", "cast(id % 1000 as int) as k", "sha1(cast(id as string)) as u"),
                   parquet__block__size="20000", parquet__page__size__row__check__min="100", parquet__page__size__row__check__max="100", compression="zstd"),
        spark_file("fallback", spark.range(2000).selectExpr("if(id < 700, concat('few ', id % 5), sha1(cast(id as string))) as s", "id as l"),
                   parquet__dictionary__page__size="2000", parquet__page__size="4000", parquet__page__row__count__limit="500", compression="zstd"),
        spark_file("partitioned", spark.range(12).selectExpr("id", "concat('v', id) as v", "cast(id % 2 as int) as year", "date_add(date'2024-01-30', cast(id % 3 as int)) as day", "if(id % 4 = 0, null, concat('a/b ', id % 4)) as txt"), ["year", "day", "txt"]),
        spark_file("empty", flat(0)),
    ]
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", "true")
    names.append(spark_file("legacy", spark.sql("select cast(id as decimal(5,2)) as d5, cast(id as decimal(12,1)) as d12, if(id = 3, null, array(id, null)) as a, map(id, array(id)) as m, array(array(id)) as aa from range(6)")))
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", "false")
    names += list(arrow_files())
    answers = {}
    for name in names:
        # Spark lacks brotli; the file has the rows of another one.
        source = name.replace("brotli", "length")
        answers[name] = answer(spark.read.parquet(os.path.join(HERE, source)))
    answers["pruned"] = answer(spark.read.schema("st struct<y string, w int>, a array<bigint>, zz int, deep array<struct<q array<array<int>>>>").parquet(HERE + "/nested.parquet"))
    answers["widened"] = answer(spark.read.schema("i bigint, by int, f double, d9 decimal(20,4), da timestamp_ntz, tn timestamp").parquet(HERE + "/flat-snappy.parquet"))
    answers["merged"] = answer(spark.read.option("mergeSchema", "true").parquet(HERE + "/nulls.parquet", HERE + "/row-groups.parquet").limit(0))
    with open(os.path.join(HERE, "answers.json"), "w") as out:
        json.dump(answers, out, ensure_ascii=False, indent=1)


def check(root):
    found = {}
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        frame = spark.read.parquet(folder)
        table = pq.ParquetDataset(folder).read()
        found[name] = {**answer(frame), "arrowRows": table.num_rows, "arrowSchema": [f"{f.name}: {f.type}" for f in table.schema]}
        # Both readers see one table.
        if not name.startswith("partition"):
            with tempfile.TemporaryDirectory() as copy:
                pq.write_table(table, copy + "/c.parquet", store_schema=False, coerce_timestamps="us")
                again = spark.read.schema(frame.schema).parquet(copy)
                assert sorted(again.toJSON().collect()) == sorted(frame.toJSON().collect()), name
    with open(os.path.join(HERE, "read-back.json"), "w") as out:
        json.dump(found, out, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    files() if sys.argv[1] == "files" else check(sys.argv[2])
