-- Clauses of SELECT.
SELECT count(*) FILTER (WHERE v > 0) AS p, sum(id) FILTER (WHERE g = 'a') AS a, max(n) FILTER (WHERE false) AS f FROM t
;;
SELECT g, count(*) FILTER (WHERE ok) AS c, avg(v) FILTER (WHERE v IS NOT NULL AND id > 1) AS a FROM t GROUP BY g
;;
SELECT count(DISTINCT g) FILTER (WHERE id < 3) AS c, count(DISTINCT g) AS d FROM t
;;
SELECT count(*) FILTER (WHERE id) FROM t
;;
SELECT collect_list(id) FILTER (WHERE id % 2 = 1) AS l FROM t
;;
SELECT listagg(g) WITHIN GROUP (ORDER BY id) AS l, listagg(g, '-') WITHIN GROUP (ORDER BY g, id DESC) AS m FROM t
;;
SELECT g, listagg(id, ',') WITHIN GROUP (ORDER BY id DESC) AS l FROM t GROUP BY g
;;
SELECT string_agg(g, ';') WITHIN GROUP (ORDER BY g) FROM t
;;
SELECT listagg(DISTINCT g, ',') WITHIN GROUP (ORDER BY g) FROM t
;;
SELECT listagg(DISTINCT g, ',') WITHIN GROUP (ORDER BY id) FROM t
;;
SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY v DESC) FROM t
;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id, v) FROM t
;;
SELECT percentile_cont() WITHIN GROUP (ORDER BY id) FROM t
;;
SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY id) AS a, percentile_disc(0.75) WITHIN GROUP (ORDER BY id DESC) AS b FROM t
;;
SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY id) AS a FROM t GROUP BY g
;;
SELECT mode() WITHIN GROUP (ORDER BY g DESC) FROM t
;;
SELECT max(id) WITHIN GROUP (ORDER BY id) FROM t
;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) FILTER (WHERE id > 1) AS x FROM t
;;
SELECT g, ok, sum(id) AS s FROM t GROUP BY g, ok WITH ROLLUP
;;
SELECT g, ok, sum(id) AS s FROM t GROUP BY CUBE(g, ok) ORDER BY g NULLS LAST, ok NULLS LAST, s
;;
SELECT g, ok, sum(id) AS s FROM t GROUP BY GROUPING SETS ((g, ok), (g), ok, ())
;;
SELECT g, ok, sum(id) AS s FROM t GROUP BY g, ok GROUPING SETS ((g, ok), (ok))
;;
SELECT g, ok, id % 2 AS m, count(*) AS c FROM t GROUP BY id % 2, GROUPING SETS (g, ok)
;;
SELECT g, ok, count(*) AS c FROM t GROUP BY ROLLUP(g), ROLLUP(ok)
;;
SELECT g, ok, count(*) AS c FROM t GROUP BY ROLLUP((g, ok))
;;
SELECT g, ok, id, count(*) AS c FROM t GROUP BY ROLLUP((g, ok), id)
;;
SELECT g, grouping(g) AS gg, grouping_id(g, ok) AS gi, count(*) AS c FROM t GROUP BY CUBE(g, ok)
;;
SELECT g, count(*) AS c FROM t GROUP BY GROUPING SETS ((g), GROUPING SETS ((), ()))
;;
SELECT g, count(*) AS c FROM t GROUP BY ROLLUP(1)
;;
SELECT upper(g) AS u, count(*) AS c FROM t GROUP BY ROLLUP(u)
;;
SELECT g, sum(id) AS s FROM t GROUP BY ROLLUP(g) HAVING grouping(g) = 1 OR s > 3
;;
SELECT g, rank() OVER (ORDER BY sum(id) DESC) AS r FROM t GROUP BY ROLLUP(g)
;;
SELECT grouping(g) FROM t
;;
SELECT g, grouping(id) FROM t GROUP BY CUBE(g)
;;
SELECT g, count(*) FROM t GROUP BY ALL
;;
SELECT g, ok, max(v) AS m FROM t GROUP BY ALL ORDER BY ALL
;;
SELECT g, id + 1 AS x, sum(n) FROM t GROUP BY ALL HAVING sum(n) > 100
;;
SELECT * EXCEPT (id) FROM t
;;
SELECT t.* EXCEPT (ts, dt) FROM t
;;
SELECT * EXCEPT (nosuch) FROM t
;;
SELECT * EXCEPT (id, id) FROM t
;;
SELECT * EXCEPT (s.x) FROM nested
;;
SELECT * EXCEPT (s.x, s.y) FROM nested
;;
SELECT * EXCEPT (s, s.x) FROM nested
;;
SELECT s.* FROM nested
;;
SELECT nested.s.*, id FROM nested
;;
SELECT struct(*) AS s FROM (SELECT id, g FROM t)
;;
SELECT array(*) AS a FROM (SELECT id, id + 1 AS b FROM t)
;;
SELECT coalesce(*) AS c FROM (SELECT v, d FROM t)
;;
SELECT count(t.*), count(*) FROM t
;;
SELECT concat_ws('-', *) AS c FROM (SELECT g, CAST(id AS STRING) AS i FROM t)
;;
SELECT mask('AbCD123', upperChar => 'Q', digitChar => 'd')
;;
SELECT mask(str => 'AbCD123')
;;
SELECT mask('AbCD123', nosuch => 'Q')
;;
SELECT mask('AbCD123', str => 'Q')
;;
SELECT mask('A', upperChar => 'Q', upperChar => 'R')
;;
SELECT mask(upperChar => 'Q')
;;
SELECT mask(lowerChar => 'q', 'AbCD123')
;;
SELECT upper(str => 'a')
;;
SELECT * FROM explode(collection => array(1, 2))
;;
SELECT explode(collection => array(1, 2))
;;
SELECT id AS a, a * 2 AS b, b + a AS c FROM t
;;
SELECT id AS a, a AS b FROM t WHERE id < 3
;;
SELECT g, count(*) AS c, c * 2 AS d FROM t GROUP BY g
;;
SELECT id + 1 AS id, id * 10 AS x FROM t
;;
SELECT named_struct('p', id) AS s, s.p + 1 AS q FROM t
;;
SELECT 1 AS a, a AS a, a FROM t LIMIT 1
;;
SELECT sum(id) OVER () AS s, s / 2 AS h FROM t
;;
SELECT id FROM t LIMIT 2 OFFSET 1
;;
SELECT id FROM t ORDER BY id DESC LIMIT ALL OFFSET 3
;;
SELECT id FROM t ORDER BY id LIMIT length('ab')
;;
SELECT id FROM t LIMIT NULL
;;
SELECT id FROM t LIMIT -1
;;
SELECT id FROM t LIMIT 'a'
;;
SELECT id FROM t LIMIT id
;;
SELECT id FROM t LIMIT 1.5
;;
SELECT id FROM t OFFSET 2 + 2
;;
SELECT id, g FROM t SORT BY id DESC LIMIT 0
;;
SELECT id, g FROM t DISTRIBUTE BY g SORT BY id
;;
SELECT id, g FROM t CLUSTER BY g
;;
SELECT id FROM t ORDER BY g NULLS LAST, v DESC NULLS FIRST, id
;;
SELECT id, v FROM t ORDER BY 2 DESC, 1
;;
SELECT id FROM t ORDER BY 3
;;
SELECT /*+ BROADCAST(words) */ t.id FROM t JOIN words ON t.id = words.id
;;
SELECT /*+ REPARTITION(3), COALESCE(1) */ count(*) FROM t
;;
SELECT * FROM VALUES (1, 'a'), (2, NULL) AS v(x, y)
;;
VALUES (1, 2.5), (2, 3)
;;
VALUES 1, 2, 3
;;
SELECT * FROM (VALUES (array(1, 2), map('a', 1)), (array(), map()))
;;
SELECT * FROM VALUES (1), (2) AS v(x) WHERE x > 1
;;
SELECT * FROM VALUES (1, 2), (3) AS v(x)
;;
SELECT * FROM VALUES (1, 2) AS v(x)
;;
TABLE t
;;
SELECT * FROM range(3)
;;
SELECT * FROM range(1, 10, 4)
;;
SELECT * FROM range(5, 0, -2) AS r(n)
;;
SELECT id * 2 AS d FROM range(2 + 1)
;;
SELECT * FROM explode(array('a', 'b'))
;;
SELECT * FROM explode(array('a', 'b')) AS e(x)
;;
SELECT * FROM stack(2, 1, 'a', 2, 'b') AS s(n, c)
;;
SELECT * FROM inline(array(struct(1, 'a'), struct(2, 'b')))
;;
SELECT * FROM posexplode(array(10, 20))
;;
SELECT * FROM nosuchfunction(1)
;;
SELECT IDENTIFIER('g'), IDENTIFIER('upper')('x') FROM IDENTIFIER('t') WHERE IDENTIFIER('i' || 'd') = 1
;;
SELECT IDENTIFIER(1) FROM t
;;
SELECT IDENTIFIER(CAST(NULL AS STRING)) FROM t
;;
SELECT IDENTIFIER(g) FROM t
;;
SELECT * FROM IDENTIFIER('nosuch')
;;
SELECT id FROM t TABLESAMPLE (3 ROWS)
;;
SELECT count(*) FROM t TABLESAMPLE (0 PERCENT)
;;
SELECT count(*) FROM t TABLESAMPLE (BUCKET 4 OUT OF 4)
;;
SELECT id FROM t AS x TABLESAMPLE (100 PERCENT) WHERE x.id > 4
;;
SELECT * FROM (SELECT g, ok, id FROM t) PIVOT (sum(id) AS s, count(*) AS c FOR g IN ('a' AS aa, 'b', NULL AS n))
;;
SELECT * FROM (SELECT g, ok, id FROM t) PIVOT (sum(id) FOR (g, ok) IN (('a', true) AS at, ('b', false) AS bf))
;;
SELECT * FROM t PIVOT (max(v) FOR id IN (1, 2, 3)) ORDER BY n
;;
SELECT aa FROM (SELECT g, id FROM t) PIVOT (max(id) FOR g IN ('a' AS aa)) AS p
;;
SELECT * FROM (SELECT g, id FROM t) PIVOT (id FOR g IN ('a'))
;;
SELECT * FROM (SELECT g, id FROM t) PIVOT (sum(id) FOR nosuch IN ('a'))
;;
SELECT * FROM (SELECT g, id FROM t) PIVOT (sum(id) FOR g IN (id))
;;
SELECT * FROM (SELECT g, id, w FROM t JOIN words USING (id)) PIVOT (count(id) FOR g IN ('a', 'b'))
;;
SELECT * FROM (SELECT id, v, n FROM t) UNPIVOT INCLUDE NULLS (x FOR c IN (v AS vv, n AS `the n`)) AS u
;;
SELECT * FROM (SELECT id, v, n, d, id AS i2 FROM t) UNPIVOT ((a, b) FOR c IN ((v, n) AS one, (d, i2) AS two))
;;
SELECT * FROM (SELECT id, v, g FROM t) UNPIVOT (x FOR c IN (v, g))
;;
SELECT * FROM (SELECT id, v, n FROM t) UNPIVOT (x FOR c IN ((v, n)))
;;
SELECT * FROM (SELECT id, v FROM t) UNPIVOT (x FOR c IN (nosuch))
;;
SELECT id, e FROM nested LATERAL VIEW explode(arr) x AS e
;;
SELECT id, e, k, v FROM nested LATERAL VIEW explode(arr) x AS e LATERAL VIEW explode(m) y AS k, v
;;
SELECT id, e FROM nested LATERAL VIEW OUTER explode(filter(arr, a -> a > 100)) x AS e
;;
SELECT id, x.col FROM nested LATERAL VIEW explode(arr) x WHERE x.col > 2
;;
SELECT id, p, e FROM nested LATERAL VIEW posexplode(arr) x AS p, e ORDER BY id, p
;;
SELECT e, count(*) FROM nested LATERAL VIEW explode(arr) x AS e GROUP BY e
;;
FROM t SELECT id, g WHERE id < 3
;;
FROM t WHERE id < 3
;;
FROM t
;;
SELECT id IS DISTINCT FROM 1 AS a, g IS NOT DISTINCT FROM NULL AS b FROM t
;;
SELECT g LIKE ANY ('a%', 'b%') AS a, g NOT LIKE ALL ('x%', 'c') AS b, g ILIKE SOME ('A') AS c FROM t
;;
SELECT id::string || 'x' AS a, '5'::int + 1 AS b, (id::double / 2)::decimal(5, 2) AS c FROM t
;;
SELECT TRY_CAST('x' AS INT) AS a, CAST('7' AS BIGINT) AS b
;;
SELECT id BETWEEN 2 AND 3 AS a, id NOT BETWEEN 2 AND 3 AS b FROM t
;;
SELECT CASE id WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS c, IF(id > 2, 'big', 'small') AS d FROM t
;;
SELECT g FROM t GROUP BY g HAVING max(id) > 2 ORDER BY max(id)
;;
SELECT g AS k, sum(v) FROM t GROUP BY k
;;
SELECT upper(g), count(*) FROM t GROUP BY upper(g) HAVING upper(g) > 'A'
;;
SELECT id, g FROM t GROUP BY g
;;
SELECT id, count(*) FROM t
;;
SELECT count(*) FROM t GROUP BY 2
;;
SELECT sum(id) FROM t GROUP BY 1
;;
SELECT g FROM t HAVING g = 'a'
;;
SELECT sum(id) AS s FROM t HAVING s > 10
;;
SELECT 1 AS x HAVING x > 0
;;
SELECT id FROM t WHERE sum(id) > 1
;;
SELECT sum(count(*)) FROM t
;;
SELECT DISTINCT g, ok FROM t ORDER BY g NULLS LAST, ok
;;
SELECT DISTINCT g FROM t ORDER BY id
;;
SELECT count(DISTINCT g, ok), count(DISTINCT id % 2) FROM t
;;
SELECT g, count(DISTINCT ok) AS c, sum(DISTINCT id % 2) AS s FROM t GROUP BY g
;;
SELECT T.ID, t.G FROM T WHERE T.id = 1
;;
SELECT x.id FROM t
;;
SELECT t.id FROM t x
;;
SELECT id.x FROM t
;;
SELECT s.nosuch FROM nested
;;
SELECT nosuch(id) FROM t
;;
SELECT upper() FROM t
;;
SELECT id + ok FROM t
;;
SELECT id FROM t WHERE g
;;
SELECT `id`, `t`.`g` FROM `t` WHERE `t`.`id` = 1
;;
SELECT 1 AS `a b`, 2 AS `c``d`
;;
SELECT 'it''s', "double", r'raw\n', 'a' 'b'
;;
SELECT 1 ;
;;
SELECT -- comment
 1 /* another /* nested */ */ AS x
;;
SELECT DATE '2024-02-30'
;;
SELECT 1 = 1 = true AS x, NOT 1 = 2 AS y, 1 + 2 * 3 - 4 / 2 AS z, 7 DIV 2 AS q, 7 % 3 AS r, -2 AS m, 2 | 1 & 3 ^ 1 AS b
;;
