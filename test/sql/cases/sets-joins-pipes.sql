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
