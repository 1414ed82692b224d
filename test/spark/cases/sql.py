"""Streaming SQL: queries over views of streams and tables."""

from cases.program import case, row, watermark

SCHEMA = "time TIMESTAMP, k STRING, v BIGINT"
TEN = watermark("time", "10 seconds")
ZONE = {"spark.sql.session.timeZone": "America/New_York"}


def at(clock, k="a", v=1):
    return row(time=f"2026-01-01T{clock}Z", k=k, v=v)


EVENTS = [
    [at("10:00:01", "a", 1), at("10:00:04", "b", 2), at("10:00:09.999", "a", 3)],
    [at("10:00:12", "a", 4), at("10:00:25", "b", 5)],
    [at("10:00:09.999", "a", 6), at("10:00:10", "a", 7), at("10:00:15", "b", 8), row(k="c", v=9)],
    [at("10:00:40", "c", 11), row(time="2026-01-01T10:00:41Z", v=12)],
    [at("10:00:20", "a", 13), at("10:00:30", "a", 15), at("10:01:40", "c", 16)],
]
OTHER = [
    [at("10:00:02", "a", 101), at("10:00:05", "b", 102)],
    [at("10:00:13", "a", 103), at("10:00:26", "c", 104)],
    [at("10:00:10", "a", 105), row(time="2026-01-01T10:00:20Z", v=106)],
    [at("10:00:41", "b", 107)],
    [at("10:00:31", "a", 108), at("10:01:41", "c", 109)],
]
TABLE = {"names": {"input": "other", "static": True}}
STREAM = {"others": {"input": "other"}}


def sql(name, about, text, mode="append", views=None, steps=(TEN,), **more):
    more |= {"other": OTHER} if views else {}
    return case(f"sql-{name}", about, SCHEMA, EVENTS, [*steps, {"op": "sql", "text": text, "views": views or {}}], mode, **{"skip": ["oneBatch", "batch"], **more})


MARKED = "others WATERMARK time DELAY OF INTERVAL 10 SECONDS"
CASES = [
    sql("select", "expressions over a stream", "SELECT k, v * 2 AS twice, CASE WHEN v > 5 THEN 'big' ELSE 'small' END AS size, date_format(time, 'HH:mm:ss') AS t FROM events WHERE v % 2 = 1", conf=ZONE),
    sql("group", "a count by key in update", "SELECT k, count(*) AS n, sum(v) FROM events GROUP BY k", "update"),
    sql("group-ordinal", "ordinals and HAVING", "SELECT k, sum(v) AS s FROM events GROUP BY 1 HAVING s > 5", "update"),
    sql("group-all", "GROUP BY ALL", "SELECT k, v % 2 AS odd, count(*) AS n FROM events GROUP BY ALL", "update"),
    sql("window", "a tumbling window", "SELECT window.start, window.end, k, count(*) AS n FROM events GROUP BY window(time, '10 seconds'), k"),
    sql("window-sliding", "a sliding window with a filter above", "SELECT w.end AS until, sum(v) AS s FROM (SELECT window(time, '20 seconds', '10 seconds') AS w, v FROM events) GROUP BY w HAVING sum(v) > 3"),
    sql("window-time", "windows of windows", "SELECT window(window_time(window), '30 seconds') AS big, sum(n) AS n FROM (SELECT window, k, count(*) AS n FROM events GROUP BY window(time, '10 seconds'), k) GROUP BY 1"),
    sql("session", "sessions by key", "SELECT session_window, k, count(*) AS n, max(v) AS m FROM events GROUP BY session_window(time, '10 seconds'), k"),
    sql("session-gap", "sessions with a gap per row", "SELECT session_window.start AS s, k, sum(v) AS v FROM events GROUP BY session_window(time, CASE WHEN k = 'a' THEN '5 seconds' ELSE '20 seconds' END), k"),
    sql("cte", "a common table expression", "WITH big AS (SELECT * FROM events WHERE v > 2), counted AS (SELECT window(time, '10 seconds') AS w, count(*) AS n FROM big GROUP BY 1) SELECT w.start, n FROM counted"),
    sql("filter-clause", "FILTER in aggregates", "SELECT k, count(*) FILTER (WHERE v > 5) AS big, sum(v) FILTER (WHERE v <= 5) AS small FROM events GROUP BY k", "update"),
    sql("distinct", "SELECT DISTINCT with the time", "SELECT DISTINCT time, k FROM events"),
    sql("distinct-update", "SELECT DISTINCT in update", "SELECT DISTINCT k FROM events", "update"),
    sql("distinct-append", "SELECT DISTINCT without the time in append", "SELECT DISTINCT k FROM events"),
    sql("count-distinct", "count(DISTINCT) is refused", "SELECT count(DISTINCT k) FROM events", "update"),
    sql("order", "a sort in append is refused", "SELECT * FROM events ORDER BY v"),
    sql("order-complete", "a sorted table", "SELECT k, sum(v) AS s FROM events GROUP BY k ORDER BY s DESC, k", "complete", ordered=True, skip=["oneBatch", "batch", "resumed"]),
    sql("rollup", "ROLLUP with grouping()", "SELECT k, v % 2 AS odd, grouping(k) AS g, grouping_id() AS id, count(*) AS n FROM events GROUP BY ROLLUP (k, v % 2)", "update"),
    sql("rollup-having", "grouping() in HAVING", "SELECT k, count(*) AS n FROM events GROUP BY ROLLUP (k) HAVING grouping(k) = 1", "update"),
    sql("cube-complete", "CUBE in complete", "SELECT k, v > 5 AS big, count(*) AS n FROM events GROUP BY CUBE (k, v > 5)", "complete"),
    sql("sets", "GROUPING SETS", "SELECT k, window.end, count(*) AS n FROM events GROUP BY GROUPING SETS ((k, window(time, '10 seconds')), (window(time, '10 seconds')))", "update"),
    sql("lateral", "LATERAL VIEW", "SELECT k, x, p FROM events LATERAL VIEW posexplode(array(v, v + 100)) t AS p, x WHERE x > 3"),
    sql("lateral-outer-group", "LATERAL VIEW OUTER and a count", "SELECT x, count(*) AS n FROM events LATERAL VIEW OUTER explode(CASE WHEN v > 5 THEN array(k, 'z') END) AS x GROUP BY x", "update"),
    sql("union", "UNION ALL of two streams", f"SELECT time, k, v FROM events UNION ALL SELECT time, upper(k), -v FROM {MARKED}", views=STREAM),
    sql("union-window", "a window over UNION ALL", f"SELECT window(time, '10 seconds') AS w, count(*) AS n FROM (SELECT time FROM events UNION ALL SELECT time FROM {MARKED}) GROUP BY 1", views=STREAM),
    sql("union-distinct", "UNION without ALL", f"SELECT time, k FROM events UNION SELECT time, k FROM {MARKED}", views=STREAM),
    sql("join", "an inner join with BETWEEN", f"SELECT l.k, l.v, r.v AS other FROM events l JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS", views=STREAM),
    sql("join-left", "a left join with bounds on both sides", f"SELECT l.k, l.v, r.v AS other FROM events l LEFT JOIN {MARKED} r ON l.k = r.k AND r.time >= l.time - INTERVAL '5' SECOND AND r.time <= l.time + INTERVAL '5' SECOND", views=STREAM),
    sql("join-full", "a full join", f"SELECT coalesce(l.k, r.k) AS k, l.v, r.v AS other FROM events l FULL OUTER JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS", views=STREAM),
    sql("join-semi", "LEFT SEMI JOIN", f"SELECT l.* FROM events l LEFT SEMI JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS", views=STREAM),
    sql("join-anti", "an anti join of streams is refused", f"SELECT l.* FROM events l LEFT ANTI JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS", views=STREAM),
    sql("join-using", "USING with windows of both", f"SELECT w, k, n, m FROM (SELECT window(time, '10 seconds') AS w, k, count(*) AS n FROM events GROUP BY 1, 2) JOIN (SELECT window(time, '10 seconds') AS w, k, sum(v) AS m FROM {MARKED} GROUP BY 1, 2) USING (w, k)", views=STREAM),
    sql("join-natural", "NATURAL JOIN of a stream and a table", "SELECT * FROM (SELECT k, v AS mine FROM events) NATURAL JOIN (SELECT k, max(v) AS most FROM names GROUP BY k)", views=TABLE),
    sql("join-window", "a window over joined rows", f"SELECT window(l.time, '10 seconds') AS w, count(*) AS n FROM events l JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS GROUP BY 1", views=STREAM),
    sql("join-no-bound", "a left join without a bound is refused", "SELECT l.k FROM events l LEFT JOIN others r ON l.k = r.k", views=STREAM),
    sql("join-complete", "a join alone in complete is refused", f"SELECT l.k FROM events l JOIN {MARKED} r ON l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 10 SECONDS", "complete", views=STREAM),
    sql("join-implicit-cross", "a comma join with a condition", f"SELECT l.k, r.v FROM events l, {MARKED} r WHERE l.k = r.k AND r.time BETWEEN l.time AND l.time + INTERVAL 5 SECONDS", views=STREAM),
    sql("table-left", "a left join with a table", "SELECT e.k, e.v, n.most FROM events e LEFT JOIN (SELECT k, max(v) AS most FROM names GROUP BY k) n ON e.k = n.k", views=TABLE),
    sql("table-full", "a full join with a table is refused", "SELECT e.k FROM events e FULL JOIN names n ON e.k = n.k", views=TABLE),
    sql("table-in", "IN over a table", "SELECT k, v FROM events WHERE k IN (SELECT k FROM names WHERE v > 103)", views=TABLE),
    sql("table-not-in", "NOT IN over a table without nulls", "SELECT k, v FROM events WHERE k NOT IN (SELECT k FROM names WHERE v > 103 AND k IS NOT NULL)", views=TABLE),
    sql("table-exists", "EXISTS over a table", "SELECT k, v FROM events e WHERE EXISTS (SELECT 1 FROM names n WHERE n.k = e.k AND n.v > 103)", views=TABLE),
    sql("table-not-exists", "NOT EXISTS over a table", "SELECT k, v FROM events e WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.k = e.k AND n.v > 103)", views=TABLE),
    sql("table-scalar", "a scalar subquery over a table", "SELECT k, v, (SELECT max(v) FROM names) AS most FROM events WHERE v < (SELECT count(*) FROM names)", views=TABLE),
    sql("stream-in", "IN over a stream", f"SELECT k, v FROM events WHERE k IN (SELECT k FROM {MARKED})", views=STREAM),
    sql("stream-exists", "EXISTS over a stream with a bound", f"SELECT k, v FROM events e WHERE EXISTS (SELECT 1 FROM {MARKED} r WHERE r.k = e.k AND r.time BETWEEN e.time AND e.time + INTERVAL 10 SECONDS)", views=STREAM),
    sql("intersect", "INTERSECT of two streams", "SELECT k FROM events INTERSECT SELECT k FROM others", views=STREAM),
    sql("except", "EXCEPT of a stream and a table", "SELECT k FROM events EXCEPT SELECT k FROM names", "update", views=TABLE),
    sql("watermark-clause", "WATERMARK in the query", "SELECT window.end, count(*) AS n FROM events WATERMARK time DELAY OF INTERVAL 5 SECONDS GROUP BY window(time, '10 seconds')", steps=()),
    sql("watermark-subquery", "WATERMARK over a subquery", "SELECT window(t, '10 seconds') AS w, count(*) AS n FROM (SELECT time AS t, k FROM events WHERE v > 1) AS e WATERMARK t DELAY OF INTERVAL 5 SECONDS GROUP BY 1", steps=()),
    sql("stream-word", "STREAM before the name", "SELECT k, v FROM STREAM events WHERE v > 5"),
    sql("row-number", "row_number() is refused", "SELECT k, row_number() OVER (PARTITION BY k ORDER BY time) AS r FROM events"),
    sql("limit", "LIMIT in append", "SELECT k, v FROM events LIMIT 4", skip=["oneBatch", "batch", "resumed"]),
    sql("limit-update", "LIMIT in update is refused", "SELECT k, v FROM events LIMIT 4", "update"),
    sql("offset", "OFFSET is refused", "SELECT k, v FROM events OFFSET 2"),
    sql("sample", "TABLESAMPLE is refused", "SELECT k FROM events TABLESAMPLE (50 PERCENT)"),
    sql("pivot", "PIVOT", "SELECT * FROM (SELECT k, v FROM events) PIVOT (sum(v) FOR k IN ('a', 'b'))", "complete"),
    sql("unpivot", "UNPIVOT", "SELECT * FROM (SELECT k, v, v + 1 AS w FROM events) UNPIVOT (x FOR name IN (v, w))"),
    sql("lateral-subquery", "a lateral join with a table function", "SELECT k, x FROM events, LATERAL explode(array(v, 0)) AS t(x)"),
    sql("pipe", "the pipe syntax", "FROM events |> WHERE v > 2 |> AGGREGATE count(*) AS n GROUP BY k", "update"),
    sql("nested-aggregate-append", "an aggregation without watermark column in append is refused", "SELECT k, count(*) FROM events GROUP BY k"),
    sql("two-windows", "two windows are refused", "SELECT window(time, '10 seconds'), window(time, '20 seconds'), count(*) FROM events GROUP BY 1, 2"),
    sql("missing-column", "a column that is not there", "SELECT kk FROM events"),
    sql("missing-view", "a view that is not there", "SELECT k FROM event"),
    sql("window-alias-having", "a window under another name", "SELECT w.start AS s, count(*) AS n FROM events GROUP BY window(time, '10 seconds') AS w"),
    sql("first-last", "aggregates that hang on order, of one row a group", "SELECT time, k, first(v) AS f, last(v) AS l, any_value(v) AS a FROM events GROUP BY time, k"),
    sql("struct-agg", "structs and maxima of structs", "SELECT k, max(struct(v, time)) AS m, max_by(v, time) AS latest FROM events WHERE time IS NOT NULL GROUP BY k", "update"),
    sql("null-keys", "null is a group", "SELECT k, count(k) AS c, count(*) AS n FROM events GROUP BY k", "complete"),
    sql("global", "a global count in complete", "SELECT count(*) AS n, sum(v) AS s, min(time) AS t FROM events", "complete"),
    sql("global-update", "a global count in update", "SELECT count(*) AS n, sum(v) AS s FROM events", "update"),
]
