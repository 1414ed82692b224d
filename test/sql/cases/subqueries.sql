-- Subqueries, LATERAL and WITH.
SELECT id FROM t WHERE id IN (SELECT id FROM words)
;;
SELECT id FROM t WHERE id NOT IN (SELECT id FROM words WHERE id > 3)
;;
SELECT id FROM t WHERE g NOT IN (SELECT w FROM words)
;;
SELECT id FROM t WHERE g NOT IN (SELECT w FROM words WHERE w IS NOT NULL)
;;
SELECT id, g IN (SELECT g FROM t WHERE id < 3) AS x FROM t
;;
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM words WHERE words.id = t.id AND w LIKE 'a%')
;;
SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM words WHERE words.id > t.id + 3)
;;
SELECT (SELECT max(id) FROM t)
;;
SELECT id, (SELECT count(*) FROM t u WHERE u.g = t.g) AS c FROM t
;;
SELECT id, (SELECT count(*) FROM t u WHERE u.id > t.id) AS c FROM t
;;
SELECT id, (SELECT max(v) FROM t u WHERE u.g = t.g AND u.id <> t.id) AS c FROM t
;;
SELECT id, (SELECT w FROM words WHERE words.id = t.id) AS c FROM t
;;
SELECT id, (SELECT w FROM words WHERE words.id > t.id) AS c FROM t
;;
SELECT id, (SELECT w, id FROM words) AS c FROM t
;;
SELECT id FROM t WHERE v > (SELECT avg(v) FROM t)
;;
SELECT g, count(*) FROM t GROUP BY g HAVING count(*) > (SELECT min(id) FROM t)
;;
SELECT id, (SELECT w FROM words ORDER BY id DESC LIMIT 1) AS c FROM t
;;
SELECT t.id, x.w FROM t, LATERAL (SELECT w FROM words WHERE words.id <= t.id ORDER BY words.id DESC LIMIT 1) AS x
;;
SELECT t.id, x.c FROM t LEFT JOIN LATERAL (SELECT count(*) AS c FROM words WHERE words.id > t.id + 2) AS x
;;
SELECT id, e FROM nested, LATERAL explode(arr) AS x(e)
;;
SELECT id FROM t WHERE (id, g) IN (SELECT id, g FROM t WHERE id < 3)
;;
SELECT id FROM t WHERE (id, g) NOT IN (SELECT id, g FROM t WHERE id < 3)
;;
SELECT id FROM t WHERE id IN (SELECT id, g FROM t)
;;
SELECT id, CASE WHEN EXISTS (SELECT 1 FROM words WHERE words.id = t.id + 3) THEN 'y' ELSE 'n' END AS e FROM t
;;
SELECT id FROM t o WHERE EXISTS (SELECT 1 FROM t i WHERE i.g = o.g AND EXISTS (SELECT 1 FROM words w WHERE w.id = i.id + o.id))
;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r
;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r
;;
SELECT id FROM t TABLESAMPLE (100 PERCENT) LIMIT 0
;;
SELECT * EXCEPT (v, d) FROM t LIMIT 1
;;
SELECT nested.* EXCEPT (s.x, arr) FROM nested
;;
SELECT g, ok, count(*) FROM t GROUP BY g, ROLLUP(ok)
;;
SELECT g, grouping(g), count(*) FROM t GROUP BY g WITH CUBE
;;
SELECT g, ok, grouping_id() FROM t GROUP BY GROUPING SETS ((g, ok), (g), ())
;;
FROM t |> WHERE id > 1 |> AGGREGATE sum(id) AS s GROUP BY g |> ORDER BY s |> LIMIT 2
;;
FROM t |> EXTEND id + 1 AS j |> SET v = v * 2 |> DROP d, ts, dt |> AS q |> SELECT q.id, j, v
;;
SELECT a.id, b.id FROM t a JOIN words b USING (id)
;;
SELECT * FROM t a JOIN words b USING (id) LIMIT 1
;;
SELECT b.id, b.w FROM t a LEFT JOIN words b USING (id) WHERE b.id IS NULL OR b.id < 2
;;
SELECT id FROM t ORDER BY id LIMIT 1 + 1
;;
SELECT listagg(g, ',') WITHIN GROUP (ORDER BY g DESC) FROM t
;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v), percentile_disc(0.5) WITHIN GROUP (ORDER BY v DESC) FROM t
;;
SELECT mode() WITHIN GROUP (ORDER BY g) FROM t
;;
SELECT sum(id) FILTER (WHERE g = 'a') FROM t
;;
SELECT IDENTIFIER('id') FROM IDENTIFIER('t') LIMIT 1
;;
SELECT id, sum(id) OVER (ORDER BY n RANGE BETWEEN 100 PRECEDING AND CURRENT ROW) FROM t
;;
SELECT a.g, b.id FROM t a JOIN t b ON a.id = b.id WHERE a.id = (SELECT max(c.id) FROM t c WHERE c.g = a.g)
;;
SELECT id FROM t WHERE id = (SELECT 1 UNION SELECT 2)
;;
SELECT id AS a, a + 1 AS b, b * 2 FROM t
;;
SELECT count(*) AS c, c + 1 FROM t
;;
SELECT exists(SELECT 1), 1 IN (SELECT 1), 1 NOT IN (SELECT NULL)
;;
SELECT id FROM t WHERE id > (SELECT avg(id) FROM words) ORDER BY id
;;
SELECT g, (SELECT count(*) FROM words) AS c FROM t GROUP BY g
;;
SELECT id, (SELECT sum(u.id) FROM t u WHERE u.g <=> t.g) AS s FROM t
;;
SELECT id, (SELECT max(w) FROM words WHERE words.id = t.id OR words.id = t.id + 1) AS m FROM t
;;
SELECT id, coalesce((SELECT w FROM words WHERE words.id = t.id), 'none') AS w FROM t
;;
SELECT id FROM t WHERE g IN (SELECT u.g FROM t u WHERE u.id <> t.id)
;;
SELECT id FROM t WHERE g NOT IN (SELECT u.g FROM t u WHERE u.id <> t.id AND u.g IS NOT NULL)
;;
SELECT id FROM t WHERE id IN (1, 2) AND EXISTS (SELECT * FROM words w WHERE w.id = t.id)
;;
SELECT id FROM t WHERE EXISTS (SELECT 1) AND id < 3
;;
SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM words WHERE id > 100)
;;
SELECT id FROM t WHERE id IN (SELECT id FROM words) OR g = 'a'
;;
SELECT id FROM t WHERE (id IN (SELECT id FROM words WHERE w IS NULL)) = false
;;
SELECT id FROM t WHERE NOT (id IN (SELECT id FROM words WHERE id < 3) AND g = 'a')
;;
SELECT id, id IN (SELECT id FROM words WHERE w IS NOT NULL) AS i, id NOT IN (SELECT id FROM words WHERE w IS NOT NULL) AS n FROM t
;;
SELECT g, sum(id) AS s FROM t GROUP BY g HAVING sum(id) > (SELECT avg(id) FROM t)
;;
SELECT g, sum(id) AS s FROM t o GROUP BY g HAVING EXISTS (SELECT 1 FROM words w WHERE w.w = o.g)
;;
SELECT g, (SELECT max(id) FROM words w WHERE w.id < 4) + count(*) AS x FROM t GROUP BY g
;;
SELECT g, (SELECT count(*) FROM t u WHERE u.g = o.g) AS c FROM t o GROUP BY g
;;
SELECT sum((SELECT max(id) FROM words)) AS s FROM t
;;
SELECT max(id) + (SELECT min(id) FROM words) AS s FROM t
;;
SELECT * FROM (SELECT id, g FROM t) a WHERE a.id = (SELECT min(b.id) FROM t b WHERE b.g = a.g)
;;
SELECT id FROM t ORDER BY (SELECT max(id) FROM words) - id
;;
SELECT (SELECT g FROM t WHERE id = 1) || (SELECT g FROM t WHERE id = 2) AS x
;;
SELECT (SELECT id FROM t WHERE id > 100) AS x
;;
SELECT (SELECT named_struct('a', 1, 'b', 'x')) AS s
;;
SELECT (SELECT 1 AS a).a
;;
SELECT array((SELECT 1), (SELECT 2)) AS x
;;
SELECT CASE WHEN (SELECT count(*) FROM t) > 3 THEN 'many' ELSE 'few' END AS c
;;
SELECT * FROM t WHERE id = (SELECT max(id) FROM t WHERE g = (SELECT min(g) FROM t))
;;
WITH c AS (SELECT g, count(*) AS n FROM t GROUP BY g) SELECT g FROM c WHERE n = (SELECT max(n) FROM c)
;;
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
;;
WITH a AS (WITH b AS (SELECT 2 AS z) SELECT z FROM b) SELECT * FROM a
;;
WITH a AS (SELECT 1 AS x) SELECT * FROM (WITH a AS (SELECT 2 AS x) SELECT * FROM a)
;;
WITH a(p, q) AS (SELECT 1, 2) SELECT p + q AS s FROM a
;;
WITH a AS (SELECT 1 AS x) SELECT (SELECT max(x) FROM a) AS m
;;
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
;;
SELECT id FROM t t1 WHERE 1 = (SELECT count(*) FROM t t2 WHERE t2.g = t1.g)
;;
SELECT id FROM t t1 WHERE 0 = (SELECT count(*) FROM t t2 WHERE t2.g = t1.g AND t2.id <> t1.id)
;;
SELECT id, (SELECT count(*) + 1 FROM words w WHERE w.id > 100 AND w.id = t.id) AS c FROM t
;;
SELECT id, (SELECT coalesce(sum(w.id), -1) FROM words w WHERE w.id > 100 AND w.id = t.id) AS c FROM t
;;
SELECT id, (SELECT count(*) FROM words w WHERE w.id > t.id HAVING count(*) > 2) AS c FROM t
;;
SELECT id, (SELECT collect_list(w.id) FROM words w WHERE w.id = t.id + 10) AS c FROM t
;;
SELECT t.id, l.m FROM t, LATERAL (SELECT max(w.id) AS m FROM words w WHERE w.id < t.id) l
;;
SELECT t.id, l.w FROM t CROSS JOIN LATERAL (SELECT w FROM words w WHERE w.id = t.id) l
;;
SELECT t.id, l.w FROM t LEFT JOIN LATERAL (SELECT w FROM words w WHERE w.id = t.id + 2) l ON true
;;
SELECT t.id, l.x FROM t JOIN LATERAL (SELECT t.id * 10 AS x) l
;;
SELECT t.id, l.x, m.y FROM t, LATERAL (SELECT t.id * 10 AS x) l, LATERAL (SELECT l.x + 1 AS y) m
;;
SELECT t.id, l.c FROM t, LATERAL (SELECT count(*) AS c FROM words w WHERE w.id > t.id GROUP BY w.id % 2) l
;;
SELECT t.id, l.id2 FROM t, LATERAL (SELECT w.id AS id2 FROM words w WHERE w.id >= t.id ORDER BY w.id LIMIT 2) l
;;
SELECT t.id, l.d FROM t, LATERAL (SELECT DISTINCT w.id % 2 AS d FROM words w WHERE w.id > t.id) l
;;
SELECT t.id, l.x FROM t, LATERAL (SELECT t.id AS x UNION ALL SELECT w.id FROM words w WHERE w.id = t.id) l
;;
SELECT t.id, l.rn FROM t, LATERAL (SELECT row_number() OVER (ORDER BY w.id) AS rn FROM words w WHERE w.id > t.id) l
;;
SELECT n.id, x.col FROM nested n, LATERAL explode(n.arr) x
;;
SELECT n.id, x.k, x.v FROM nested n, LATERAL explode(n.m) AS x(k, v)
;;
SELECT n.id, p.pos, p.col FROM nested n LEFT JOIN LATERAL posexplode(filter(n.arr, e -> e > 15)) p
;;
SELECT * FROM LATERAL (SELECT 1 AS a)
;;
SELECT id FROM t WHERE id IN (SELECT id FROM words UNION SELECT 100)
;;
SELECT id FROM t WHERE (id, id) IN (SELECT id, id FROM words WHERE id < 3)
;;
SELECT id FROM t WHERE (id, g) IN ((1, 'a'), (2, 'x'))
;;
SELECT id FROM t WHERE id IN (SELECT w FROM words)
;;
SELECT id FROM t WHERE id IN (SELECT ok FROM t)
;;
SELECT id FROM t WHERE id = (SELECT id FROM words)
;;
SELECT id FROM t WHERE nosuch IN (SELECT id FROM words)
;;
SELECT id FROM t WHERE id IN (SELECT nosuch FROM words)
;;
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM nosuch)
;;
SELECT id, (SELECT w.nosuch FROM words w WHERE w.id = t.id) FROM t
;;
WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 50) SELECT a FROM f
;;
WITH RECURSIVE r AS (VALUES (1, 'x') AS v(n, s) UNION ALL SELECT n + 1, s || 'x' FROM r WHERE n < 4) SELECT * FROM r
;;
WITH RECURSIVE edges AS (SELECT * FROM VALUES (1, 2), (2, 3), (3, 4) AS e(a, b)), reach AS (SELECT a, b FROM edges UNION ALL SELECT r.a, e.b FROM reach r JOIN edges e ON r.b = e.a) SELECT * FROM reach
;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r
;;
WITH RECURSIVE r AS (SELECT n + 1 FROM r UNION ALL SELECT 1 AS n) SELECT * FROM r
;;
WITH RECURSIVE r MAX RECURSION LEVEL 3 AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r
;;
WITH RECURSIVE x AS (SELECT 1 AS a) SELECT * FROM x
;;
