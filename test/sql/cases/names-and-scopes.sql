-- Names of columns, what names mean in HAVING and ORDER BY, values in the place of lambdas, subqueries over counts, grouping by maps.
SELECT CAST(id AS STRING), int(v), TRY_CAST(g AS INT), id :: BIGINT FROM t
;;
SELECT CAST(7 AS SMALLINT) * CAST(2 AS DECIMAL(4, 1)), 7 * CAST(2 AS DECIMAL(4, 1)), CAST(7 AS INT) / CAST(2 AS DECIMAL(4, 1)), CAST(3 AS BIGINT) % d FROM t
;;
SELECT CAST(3 AS TINYINT) = CAST(3 AS DECIMAL(5, 2)), 3 <=> CAST(3 AS DECIMAL(5, 2)) FROM t
;;
SELECT '5' * X'01'
;;
SELECT '5' - true
;;
SELECT ts / '2' FROM t
;;
SELECT transform(array(4, 5), 'x') AS a, filter(array(1, 2), true) AS b, exists(array(1), false) AS c, aggregate(array(1, 2), 0, 9) AS d
;;
SELECT zip_with(array(1, 2), array('a'), 0) AS a, map_filter(map('a', 1), 1 > 2) AS b, transform_values(map('k', 2), 'v') AS c
;;
SELECT forall(array(1, 2), 'yes') AS a
;;
SELECT aggregate(array(2, 4), (0L AS total, 0L AS number), (acc, x) -> (acc.total + x, acc.number + 1), acc -> acc.total / acc.number) AS mean
;;
SELECT id, (SELECT o.id WHERE o.id > 2) AS kept FROM t o
;;
SELECT id, (SELECT max(n) FROM t i WHERE i.g = o.g AND i.id <> o.id) FROM t o
;;
SELECT * FROM (SELECT id, g FROM t) o, LATERAL (SELECT id)
;;
SELECT * FROM (SELECT id, g FROM t) o, LATERAL (SELECT o.id * 2, g)
;;
SELECT * FROM (SELECT id, g FROM t) o, LATERAL (SELECT w.id + o.id AS total FROM words w WHERE w.id = o.id)
;;
SELECT id FROM t o WHERE EXISTS (SELECT count(*) FROM words w WHERE w.id = o.id + 4)
;;
SELECT id FROM t o WHERE NOT EXISTS (SELECT sum(w.id) FROM words w WHERE w.id = o.id + 4)
;;
SELECT id FROM t o WHERE 0 IN (SELECT count(*) FROM words w WHERE w.id = o.id + 4)
;;
SELECT id, 1 IN (SELECT count(*) + 1 FROM words w WHERE w.id = o.id + 4) AS found FROM t o
;;
SELECT id FROM t WHERE NOT (n NOT IN (SELECT CASE WHEN id = 4 THEN NULL ELSE n END FROM t WHERE id > 1))
;;
SELECT id FROM t WHERE NOT (id > 3 OR n NOT IN (SELECT n FROM t WHERE id = 2))
;;
SELECT id FROM t WHERE NOT (id > 3 AND g IN (SELECT g FROM t WHERE id < 3))
;;
SELECT m, count(*) AS number FROM VALUES (map(1, 'a', 2, 'b')), (map(2, 'b', 1, 'a')), (map(2, 'b')) AS x(m) GROUP BY m
;;
SELECT count(*) AS number FROM VALUES (named_struct('m', map('k', array(1), 'l', array(2)))), (named_struct('m', map('l', array(2), 'k', array(1)))) AS x(s) GROUP BY s
;;
SELECT col1, col1.x FROM VALUES (named_struct('x', 1)), (named_struct('x', 2))
;;
SELECT * FROM VALUES struct(1, 'a'), struct(2, 'b')
;;
SELECT sum(id) AS g FROM t GROUP BY g HAVING g = 'a'
;;
SELECT max(id) AS id FROM t GROUP BY id HAVING id > 3
;;
SELECT count(*) AS n, g FROM t GROUP BY ROLLUP (g, ok) HAVING ok
;;
-- ordered
SELECT g, ok, count(*) AS number FROM t WHERE g IS NOT NULL GROUP BY CUBE (g, ok) ORDER BY grouping(g), grouping(ok), g, ok
;;
SELECT g FROM t GROUP BY g ORDER BY grouping(g)
;;
-- ordered
SELECT id AS key, 2 AS id, 3 AS id FROM t ORDER BY id DESC
;;
-- ordered
SELECT sum(id) FROM t GROUP BY id + 1, n * 2 ORDER BY 1 + id, 2 * n
;;
SELECT count(*) FROM t GROUP BY id + length(g) HAVING length(g) + id > 2
;;
SELECT 'x' AS s FROM nested GROUP BY s HAVING s.x > 1
;;
SELECT g[0] FROM t
;;
WITH RECURSIVE r(level) AS (VALUES 0 UNION ALL SELECT level + 1 FROM r) SELECT * FROM r LIMIT 7
;;
-- ordered
SELECT g, grouping__id, count(*) AS number FROM t WHERE g IS NOT NULL GROUP BY CUBE (g) ORDER BY grouping__id, g
;;
SELECT g FROM t GROUP BY CUBE (g, ok) HAVING grouping__id > 1
;;
SELECT count(*) AS c, grouping_id() AS i FROM t WHERE id > 100 GROUP BY GROUPING SETS (())
;;
SELECT interval '20 15:40:32.99' day to hour
;;
SELECT interval '1 25:00' day to minute
;;
SELECT sort_array(arr), array_append(CAST(NULL AS ARRAY<INT>), 1), from_json('{"a":1}', 'map<string,int>') FROM nested
;;
SELECT extract('year', dt), date_part(NULL, dt) FROM t
;;
SELECT date_part(g, dt) FROM t
;;
SELECT map_zip_with(map(1, 'a'), map(1L, 'b', 2L, 'c'), (k, v1, v2) -> struct(k, v1, v2)) AS zipped
;;
SELECT transform(arr, x -> struct(x, id, x AS y)) AS made FROM nested
;;
SELECT id + count(*) FROM t GROUP BY ALL
;;
SELECT sum(id) FROM t GROUP BY id * 2 + n ORDER BY n + 2 * id
;;
SELECT sum(id) FILTER (WHERE max(n) > 1) FROM t
;;
SELECT sum(id) FILTER (WHERE rank() OVER (ORDER BY n) > 1) FROM t
;;
SELECT * FROM range(3, 9, 0)
;;
SELECT timestamp'epoch' AS a, date'epoch' AS b, timestamp_ntz' Epoch ' AS c, date'now' = current_date() AS d, date'tomorrow' - date'yesterday' AS e, timestamp'today' <= current_timestamp() AS f, timestamp'now' > timestamp'2020-01-01' AS g
;;
SELECT date'someday';;
SELECT t.a FROM VALUES (1) AS t(a) JOIN VALUES (1) AS u(a) USING (IDENTIFIER('a'));;
SELECT 1 AS IDENTIFIER('a.b');;
SELECT IDENTIFIER('a b') FROM VALUES (1) AS t(`a b`);;
SELECT IDENTIFIER('');;
SELECT * FROM IDENTIFIER('ran' || 'ge')(2);;
SELECT row_number() OVER IDENTIFIER('w') FROM VALUES (1) AS t(a) WINDOW IDENTIFIER('w') AS (ORDER BY a);;
SELECT IDENTIFIER((SELECT 'a')) FROM VALUES (1) AS t(a);;
SELECT a, count(*) FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY a HAVING sum(b) > 1 ORDER BY max(b);;
SELECT a, count(*) FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY a, b HAVING sum(b) > 1 ORDER BY max(b);;
SELECT a, count(*) FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY a, b HAVING sum(b) > 1 ORDER BY b;;
SELECT a, sum(a) OVER () FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY a, b ORDER BY b, a;;
SELECT sum(a) OVER () FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY a ORDER BY max(b);;
SELECT a FROM VALUES (1, 2), (3, 4) AS t(a, b) GROUP BY a HAVING EXISTS (SELECT 1 FROM VALUES (3) AS u(c) WHERE c < min(t.b));;
SELECT * FROM VALUES (1, 2) AS t(a, b) GROUP BY a, b, 1;;
SELECT a, b, count(1) FROM VALUES (1, 2), (1, 3) AS t(a, b) GROUP BY GROUPING SETS ((1), (b), (a, 2));;
