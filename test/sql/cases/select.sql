SELECT * FROM t WHERE id = 1;;
SELECT t.* FROM t WHERE id = 1;;
SELECT x.id, x.g FROM t AS x WHERE x.id < 3;;
SELECT x.id FROM t x;;
SELECT t.id FROM t AS x;;
SELECT ID, G, T.Id FROM T WHERE iD = 2;;
SELECT `id`, `t`.`g` FROM `t` WHERE `id` = 2;;
SELECT *, id + 1 AS next FROM words WHERE id = 1;;
SELECT id, id FROM t WHERE id = 1;;
SELECT nope FROM t;;
SELECT t.nope FROM t;;
SELECT id FROM nope;;
SELECT *;;
SELECT nope.* FROM t;;
SELECT DISTINCT g FROM t;;
SELECT DISTINCT g, ok FROM t;;
SELECT ALL g FROM t;;
-- ordered
SELECT DISTINCT g FROM t ORDER BY g DESC;;
SELECT DISTINCT g FROM t ORDER BY id;;
SELECT id FROM (SELECT * FROM t) WHERE id > 3;;
SELECT q.id FROM (SELECT id FROM t) AS q;;
SELECT q.a, q.b FROM (SELECT id, g FROM t) q(a, b) WHERE b = 'a';;
SELECT a FROM (SELECT id, g FROM t) q(a);;
SELECT id FROM (SELECT id FROM (SELECT id FROM t WHERE id > 1) WHERE id < 5) z WHERE z.id <> 3;;
SELECT id AS a, a + 1 AS b, b * 2 AS c FROM t WHERE id < 3;;
SELECT id + 1 AS id, id * 2 AS twice FROM t WHERE id = 2;;
SELECT id AS a FROM t WHERE a = 1;;
-- ordered
SELECT id FROM t ORDER BY id DESC;;
-- ordered
SELECT id, v FROM t ORDER BY v;;
-- ordered
SELECT id, v FROM t ORDER BY v DESC;;
-- ordered
SELECT id, v FROM t ORDER BY v NULLS LAST;;
-- ordered
SELECT id, v FROM t ORDER BY v DESC NULLS FIRST, id;;
-- ordered
SELECT g FROM t ORDER BY id;;
-- ordered
SELECT id AS k FROM t ORDER BY k DESC;;
-- ordered
SELECT id AS k FROM t ORDER BY id DESC;;
-- ordered
SELECT id, g FROM t ORDER BY 2, 1 DESC;;
-- ordered
SELECT id FROM t ORDER BY g, id % 2, id DESC;;
-- ordered
SELECT -id AS id FROM t ORDER BY id;;
-- ordered
SELECT id, -id AS neg FROM t ORDER BY neg + 0;;
-- ordered
SELECT g, id FROM t ORDER BY ALL;;
-- ordered
SELECT t.id FROM t ORDER BY t.id DESC LIMIT 2;;
-- ordered
SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1;;
-- ordered
SELECT id FROM t ORDER BY id OFFSET 3;;
-- ordered
SELECT id FROM t ORDER BY id LIMIT ALL;;
-- ordered
SELECT * FROM (SELECT id FROM t ORDER BY id DESC LIMIT 3) ORDER BY id;;
-- ordered
SELECT id FROM t ORDER BY CASE WHEN g = 'a' THEN 0 ELSE 1 END, id;;
-- ordered
SELECT s FROM nested ORDER BY s.x DESC;;
SELECT id FROM t LIMIT 0;;
SELECT id FROM t LIMIT -1;;
SELECT id FROM t LIMIT 'a';;
SELECT id FROM t LIMIT id;;
-- needs: limit_expression
-- ordered
SELECT id FROM t ORDER BY id LIMIT 1 + 1;;
SELECT id FROM t ORDER BY 2;;
SELECT id FROM t ORDER BY 0;;
SELECT id FROM t ORDER BY nope;;
FROM t SELECT id WHERE id > 4;;
TABLE words;;
SELECT 1 AS a, 2 AS a;;
SELECT count(*) FROM t WHERE false;;
SELECT 1 WHERE 1 = 2;;
SELECT 'x' AS from_, id AS select_ FROM t WHERE id = 1;;
SELECT id AS `select`, g AS `a b`, v AS `x.y` FROM t WHERE id = 1;;
SELECT `x.y` FROM (SELECT v AS `x.y` FROM t) WHERE `x.y` > 0;;
SELECT id date, g timestamp FROM t WHERE id = 1;;
SELECT year, month, day FROM (SELECT 1 AS year, 2 AS month, 3 AS day);;
SELECT max FROM (SELECT 1 AS max);;
select ID from T where Id=1;;
-- needs: tablesample
SELECT id FROM t TABLESAMPLE (100 PERCENT) LIMIT 0;;
-- needs: join
SELECT t.id, w FROM t JOIN words ON t.id = words.id;;
-- needs: join
SELECT t.id, w FROM t LEFT JOIN words USING (id);;
-- needs: join
SELECT t.id FROM t, words WHERE t.id = words.id;;
-- needs: join
SELECT * FROM t CROSS JOIN words LIMIT 1;;
-- needs: join
SELECT id FROM t NATURAL JOIN words;;
-- needs: lateral_view
SELECT id, x FROM nested LATERAL VIEW explode(arr) AS x;;
-- needs: generator
SELECT explode(arr) FROM nested;;
-- needs: generator
SELECT * FROM explode(array(1, 2));;
-- needs: pivot
SELECT * FROM (SELECT g, id FROM t) PIVOT (sum(id) FOR g IN ('a', 'b'));;
-- needs: pivot
SELECT * FROM (SELECT id, v, n FROM t) UNPIVOT (x FOR c IN (v, n));;
-- needs: qualify
SELECT id FROM t SORT BY id LIMIT 0;;
