-- Set operations, joins and pipes.
SELECT id FROM t INTERSECT SELECT id FROM words WHERE id > 2
;;
SELECT g FROM t INTERSECT ALL SELECT g FROM t WHERE id < 4
;;
SELECT g FROM t EXCEPT SELECT 'a'
;;
SELECT g FROM t EXCEPT ALL SELECT 'a'
;;
SELECT g FROM t MINUS SELECT 'b'
;;
SELECT id FROM t UNION SELECT id FROM words
;;
SELECT id FROM t UNION ALL SELECT id FROM words
;;
SELECT g FROM t UNION SELECT g FROM t
;;
SELECT 1 AS a UNION SELECT 2 INTERSECT SELECT 2
;;
(SELECT 1 AS a UNION SELECT 2) INTERSECT SELECT 2
;;
SELECT 1 AS a UNION ALL SELECT 1 EXCEPT SELECT 1
;;
SELECT 1 AS a EXCEPT SELECT 2 EXCEPT SELECT 1
;;
SELECT 1 AS a UNION ALL SELECT 2 UNION SELECT 2 UNION ALL SELECT 2
;;
SELECT id, g FROM t UNION ALL SELECT id FROM words
;;
SELECT id FROM t UNION ALL SELECT w FROM words
;;
SELECT id FROM t INTERSECT SELECT id, g FROM t
;;
SELECT id FROM t EXCEPT SELECT array(1)
;;
SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT NULL
;;
SELECT id FROM t UNION ALL SELECT id FROM words ORDER BY id DESC LIMIT 3
;;
(SELECT id FROM t ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM t ORDER BY id DESC LIMIT 1)
;;
SELECT * FROM (SELECT id FROM t EXCEPT SELECT id FROM words) x
;;
SELECT count(*) FROM (SELECT g FROM t UNION SELECT w FROM words)
;;
VALUES (1), (2) UNION VALUES (2), (3)
;;
TABLE t INTERSECT TABLE t
;;
SELECT a.id, b.w FROM t a JOIN words b ON a.id = b.id
;;
SELECT a.id, b.w FROM t a LEFT JOIN words b ON a.id = b.id AND b.w IS NOT NULL
;;
SELECT a.id, b.id FROM t a RIGHT JOIN words b ON a.id = b.id
;;
SELECT a.id, b.id FROM t a FULL OUTER JOIN words b ON a.id = b.id + 2
;;
SELECT a.id FROM t a LEFT SEMI JOIN words b ON a.id = b.id AND b.w > 'b'
;;
SELECT a.id FROM t a LEFT ANTI JOIN words b ON a.id = b.id
;;
SELECT a.id FROM t a SEMI JOIN words b USING (id)
;;
SELECT a.id FROM t a ANTI JOIN words b ON a.id = b.id + 3
;;
SELECT count(*) FROM t CROSS JOIN words
;;
SELECT count(*) FROM t, words
;;
SELECT count(*) FROM t JOIN words
;;
SELECT a.id, b.id FROM t a, t b WHERE a.id = b.id + 1
;;
SELECT * FROM (SELECT id, g FROM t) a NATURAL JOIN (SELECT id, w FROM words) b
;;
SELECT * FROM (SELECT id, g FROM t) a NATURAL LEFT JOIN (SELECT id, g, v FROM t WHERE id < 3) b
;;
SELECT id, a.id, b.id, w FROM t a LEFT JOIN words b USING (id)
;;
SELECT id, a.id, b.id FROM t a RIGHT JOIN words b USING (id)
;;
SELECT id, a.id, b.id FROM (SELECT id + 3 AS id FROM t) a FULL JOIN words b USING (id)
;;
SELECT a.id, b.id, c.id FROM t a JOIN words b USING (id) JOIN t c USING (id)
;;
SELECT b.* FROM t a JOIN words b USING (id)
;;
SELECT a.g, b.w FROM t a JOIN words b USING (nosuch)
;;
SELECT id FROM t a JOIN words b ON a.id = b.id
;;
SELECT a.id FROM t a JOIN words b ON id = 1
;;
SELECT a.id FROM t a JOIN words b ON a.id
;;
SELECT a.id FROM t a JOIN words b ON row_number() OVER (ORDER BY a.id) = 1
;;
SELECT a.id, c.g FROM t a JOIN (words b JOIN t c ON b.id = c.id) ON a.id = c.id
;;
SELECT a.id, c.g FROM t a JOIN words b JOIN t c ON b.id = c.id ON a.id = b.id
;;
SELECT a.id FROM t a JOIN words b ON a.g <=> b.w
;;
SELECT a.id, b.id FROM t a JOIN words b ON a.id < b.id AND a.id > 3
;;
SELECT a.id, b.id FROM t a LEFT JOIN words b ON a.id < b.id AND b.id > 5
;;
SELECT * FROM t a JOIN t a ON a.id = a.id
;;
SELECT x.a, y.a FROM (SELECT 1 AS a) x, (SELECT 2 AS a) y
;;
SELECT * FROM (SELECT 1 AS a, 2 AS a)
;;
SELECT a FROM (SELECT 1 AS a, 2 AS a)
;;
SELECT * FROM t AS a (x, y)
;;
SELECT x, y FROM (SELECT id, g FROM t) AS a (x, y)
;;
FROM t |> SELECT id, g |> WHERE id < 3
;;
FROM t |> WHERE g IS NOT NULL |> AGGREGATE count(*) AS c, sum(id) AS s GROUP BY g |> ORDER BY c DESC, g
;;
FROM t |> AGGREGATE count(*) AS c
;;
FROM t |> EXTEND id * 2 AS d, d + 1 AS e |> SELECT id, d, e
;;
FROM t |> SET id = id + 1, id = id * 2 |> SELECT id
;;
FROM t |> DROP ts, dt, d |> LIMIT 1
;;
FROM t |> AS x |> SELECT x.id |> OFFSET 3
;;
FROM t |> SELECT id |> UNION ALL SELECT id FROM words
;;
FROM t |> SELECT id |> EXCEPT SELECT id FROM words WHERE id < 3
;;
FROM t |> JOIN words w ON t.id = w.id |> SELECT t.id, w
;;
FROM t |> SELECT g, id |> PIVOT (sum(id) FOR g IN ('a', 'b'))
;;
FROM t |> SELECT id, sum(id) OVER (ORDER BY id) AS s |> WHERE s > 3
;;
FROM t |> SELECT DISTINCT g |> ORDER BY g |> LIMIT 2
;;
SELECT id FROM t |> WHERE id > 3
;;
FROM t |> SET nosuch = 1
;;
FROM t |> DROP nosuch
;;
FROM t |> AGGREGATE g
;;
FROM t |> SELECT sum(id)
;;
FROM t |> EXTEND sum(id)
;;
FROM t |> AGGREGATE sum(id) AS s GROUP BY g AS k |> WHERE k = 'a'
;;
FROM t |> AGGREGATE count(*) GROUP BY ROLLUP(g)
;;
FROM t |> TABLESAMPLE (100 PERCENT) |> SELECT id
;;
FROM t |> FROBNICATE
;;
TABLE t |> SELECT id |> ORDER BY id DESC
;;
SELECT 3 AS x, 4 AS y, 5 AS z |> AGGREGATE sum(y) GROUP BY 1, 3;;
SELECT 3 AS x, 4 AS y |> AGGREGATE sum(y) GROUP BY 3;;
SELECT 3 AS x |> AGGREGATE sum(x) OVER ();;
VALUES (1), (2) AS t(a) |> JOIN VALUES (2), (3) AS u(a) USING (a);;
VALUES (1), (2) AS t(a) |> EXTEND *;;
VALUES (1), (2) AS t(a) |> SELECT a + 1 AS b |> ORDER BY a;;
SELECT * FROM VALUES (1, 2) AS t(a, b), LATERAL (SELECT t.*);;
SELECT * FROM VALUES (1, 2) AS t(a, b) NATURAL JOIN LATERAL (SELECT a);;
SELECT * FROM VALUES (1, 2) AS t(a, b) JOIN LATERAL (SELECT a) USING (a);;
SELECT * FROM VALUES (1), (2) AS t(a), LATERAL (SELECT a + rand(0));;
SELECT a, b FROM VALUES (1), (5) AS t(a) JOIN VALUES (2), (3), (9) AS u(b) APPROX NEAREST 2 BY DISTANCE abs(a - b);;
SELECT a, b FROM VALUES (1), (5) AS t(a) JOIN VALUES (2), (3), (9) AS u(b) EXACT NEAREST BY SIMILARITY b;;
SELECT a, b FROM VALUES (1), (5) AS t(a) LEFT JOIN (SELECT * FROM VALUES (2) AS u(b) WHERE false) u APPROX NEAREST 1 BY DISTANCE b;;
SELECT a, b FROM VALUES (1) AS t(a) RIGHT JOIN VALUES (2) AS u(b) EXACT NEAREST 1 BY DISTANCE b;;
SELECT a, b FROM VALUES (1) AS t(a) JOIN VALUES (2) AS u(b) EXACT NEAREST 0 BY DISTANCE b;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r GROUP BY n) SELECT * FROM r;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM r WHERE n < 3 ORDER BY n)) SELECT * FROM r;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM VALUES (1) AS v(a) LEFT JOIN r ON a = n) SELECT * FROM r;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT CAST(n + 1 AS BIGINT) FROM r WHERE n < 3) SELECT * FROM r;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM r WHERE n < 5 INTERSECT SELECT n + 1 FROM r WHERE n < 3)) SELECT * FROM r;;
