"""Prints what a real PySpark prints: DataFrame.show of many shapes and the console sink. Writes goldens/show.json and goldens/console.txt.

Usage: python make-show-goldens.py, with pyspark 4.x and Java 17.
"""
import contextlib, io, json, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

CASES = {
    "simple": "select * from values (1L, 'a'), (2L, null), (3L, 'ccc') as t(id, name)",
    "empty": "select 1 as id, 'x' as a_long_column_name where 1 = 0",
    "no columns named short": "select 1 as a",
    "long text": "select 'abcdefghijklmnopqrst' as exact, 'abcdefghijklmnopqrstu' as longer",
    "wide characters": "select '日本語テキスト' as `名前`, 'abc' as b union all select 'カ', 'ｆｕｌｌ' union all select '한글', '—'",
    "wide truncated": "select '日本語テキスト日本語テキスト日本語テキスト' as c",
    "emoji": "select '😀😀' as e, 'é' as acc",
    "emoji cut": "select concat('abcdefghijklmnop', '😀😀😀') as e",
    "numbers": "select cast(1 as tinyint) a, 1.5 b, 1e10D c, cast(0.1 as float) d, double('NaN') e, double('-Infinity') f, -0.0D g, 1e-5D h, 123456789.0D i, cast(1e-10 as decimal(38,18)) j, true k, 9223372036854775807L l",
    "time": "select timestamp'2024-01-01 00:00:00' a, timestamp'2024-01-01 00:00:00.120' b, timestamp'1969-12-31 23:59:59.999999' c, date'2024-02-29' d, timestamp_ntz'2024-01-01 01:02:03.5' e",
    "binary": "select X'00FF41' as b, X'' as e, cast(null as binary) as n",
    "nested": "select array(1, null, 3) a, map('k', 1, 'l', null) m, named_struct('x', 1, 'y', null, 'z', array('p', null)) s, array() e, array(named_struct('b', X'41', 'd', 1.50BD, 't', timestamp'2024-01-01 00:00:00.5')) n",
    "control characters": "select 'a\\nb\\tc\\rd' as c, 'back\\\\slash' as s, 'q\"uote' as q, '\\b\\f\\u0007\\u000b' as d",
    "strange names": "select 1 as `a b`, 3 as `x.y`",
    "many": "select id from range(25)",
    "one more": "select id from range(21)",
    "void": "select null as n",
}
SHOWS = [{"numRows": 20, "truncate": 20}, {"numRows": 20, "truncate": 0}, {"numRows": 2, "truncate": 3}, {"numRows": 3, "truncate": 8}, {"numRows": 0, "truncate": 20}, {"numRows": 1, "truncate": 10}, {"numRows": 20, "truncate": 20, "vertical": True}, {"numRows": 1, "truncate": 0, "vertical": True}]


def main():
    from pyspark.sql import SparkSession

    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate())
    out = []
    for name, sql in CASES.items():
        df = spark.sql(sql)
        for show in SHOWS:
            text = df._jdf.showString(show["numRows"], show["truncate"], show.get("vertical", False))
            out.append({"name": name, "sql": sql, "schema": df.schema.json(), **show, "text": text})
    json.dump(out, open(os.path.join(HERE, "goldens", "show.json"), "w"), ensure_ascii=False, indent=1)
    directory = tempfile.mkdtemp()
    for i in range(3):
        with open(os.path.join(directory, f"{i}.json"), "w") as f:
            f.write("".join('{"id": %d, "name": "%s"}\n' % (j, "x" * (15 + i * 8)) for j in range(i * 15)))
        os.utime(os.path.join(directory, f"{i}.json"), (1700000000 + i, 1700000000 + i))
    for options in ({}, {"numRows": "3", "truncate": "false"}):
        query = (spark.readStream.schema("id long, name string").option("maxFilesPerTrigger", 1).json(directory)
                 .writeStream.format("console").options(**options).trigger(availableNow=True).start())
        query.awaitTermination()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main()
    else:
        text = subprocess.run([sys.executable, __file__, "run"], stdout=subprocess.PIPE, check=True).stdout
        open(os.path.join(HERE, "goldens", "console.txt"), "wb").write(text)
