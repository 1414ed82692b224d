SELECT g, count(*) FROM t GROUP BY g;;
SELECT g, sum(id) AS s, avg(v), min(n), max(d) FROM t GROUP BY g;;
SELECT count(*), sum(id), avg(v) FROM t;;
SELECT g AS k, count(*) AS c FROM t GROUP BY k;;
SELECT id % 2 AS odd, sum(id) FROM t GROUP BY odd;;
SELECT id % 2, count(*) FROM t GROUP BY id % 2;;
SELECT id % 2, count(*) FROM t GROUP BY 1;;
SELECT g, ok, count(*) FROM t GROUP BY 1, 2;;
SELECT id % 2 + 1 AS x, count(*) FROM t GROUP BY id % 2;;
SELECT count(*) FROM t GROUP BY g;;
SELECT g FROM t GROUP BY g;;
SELECT g, count(*) FROM t GROUP BY ALL;;
SELECT g, id % 2 AS o, sum(id) FROM t GROUP BY ALL;;
SELECT upper(g) AS u, count(*) FROM t GROUP BY upper(g);;
SELECT upper(g), lower(g), count(*) FROM t GROUP BY g;;
SELECT g, sum(id) + 1, sum(id) * count(*) AS p FROM t GROUP BY g;;
SELECT g, count(*) AS c, c + 1 AS d FROM t GROUP BY g;;
SELECT g, count(*) FROM t GROUP BY g HAVING count(*) > 1;;
SELECT g, count(*) AS c FROM t GROUP BY g HAVING c > 1;;
SELECT g FROM t GROUP BY g HAVING sum(id) > 3;;
SELECT g, sum(id) AS id FROM t GROUP BY g HAVING sum(id) > 3;;
SELECT g, sum(id) AS id FROM t GROUP BY g HAVING id > 3;;
SELECT g FROM t GROUP BY g HAVING g IS NOT NULL AND max(v) IS NOT NULL;;
SELECT sum(id) FROM t HAVING sum(id) > 100;;
SELECT sum(id) FROM t HAVING count(*) = 5;;
SELECT 1 FROM t HAVING true;;
SELECT g AS a, sum(id) AS b FROM t GROUP BY a HAVING a = 'a';;
-- ordered
SELECT g, count(*) AS c FROM t GROUP BY g ORDER BY c DESC, g;;
-- ordered
SELECT g FROM t GROUP BY g ORDER BY sum(id);;
-- ordered
SELECT g, count(*) FROM t GROUP BY g ORDER BY count(*) DESC, g DESC;;
-- ordered
SELECT g, sum(id) FROM t GROUP BY g ORDER BY 2;;
-- ordered
SELECT g, sum(id) AS id FROM t GROUP BY g ORDER BY sum(id);;
-- ordered
SELECT g, sum(id) AS id FROM t GROUP BY g ORDER BY id;;
-- ordered
SELECT g, max(v) FROM t GROUP BY g HAVING count(*) >= 1 ORDER BY min(id) DESC LIMIT 2;;
-- ordered
SELECT upper(g) AS u FROM t GROUP BY upper(g) ORDER BY upper(g);;
-- ordered
SELECT id % 2 AS o, count(*) AS c FROM t GROUP BY o ORDER BY o + c;;
SELECT DISTINCT count(*) FROM t GROUP BY g;;
SELECT count(DISTINCT g, ok) FROM t;;
SELECT g, count(DISTINCT ok) FROM t GROUP BY g;;
SELECT s.x, count(*) FROM nested GROUP BY s.x;;
SELECT window.start, window.end, count(*) FROM t GROUP BY window(ts, '1 hour');;
SELECT window(ts, '1 hour') AS w, sum(id) FROM t GROUP BY w;;
SELECT window(ts, '1 hour', '30 minutes').start AS st, count(*) AS c FROM t GROUP BY window(ts, '1 hour', '30 minutes');;
SELECT g, window(ts, '1 hour') AS w, count(*) FROM t GROUP BY 1, 2;;
-- ordered
SELECT window.start AS s, count(*) FROM t GROUP BY window(ts, '1 hour') ORDER BY window.start;;
SELECT window(ts, INTERVAL 1 HOUR) AS w, count(*) FROM t GROUP BY window(ts, INTERVAL 1 HOUR);;
SELECT window(ts, INTERVAL '30' MINUTE).start AS w, count(*) FROM t GROUP BY window(ts, INTERVAL '30' MINUTE);;
SELECT g, id FROM t GROUP BY g;;
SELECT g, count(*) FROM t;;
SELECT g, count(*) FROM t GROUP BY 3;;
SELECT g, count(*) FROM t GROUP BY 2;;
SELECT g FROM t GROUP BY sum(id);;
SELECT sum(id) AS s FROM t GROUP BY s;;
SELECT g FROM t GROUP BY nope;;
SELECT g FROM t GROUP BY g HAVING id > 1;;
SELECT g FROM t GROUP BY g ORDER BY id;;
SELECT * FROM t GROUP BY g;;
SELECT g, nope(1) FROM t GROUP BY g;;
SELECT g, sum(ok) FROM t GROUP BY g;;
SELECT g FROM t GROUP BY g HAVING 1;;
-- needs: grouping_sets
SELECT g, ok, count(*) FROM t GROUP BY ROLLUP(g, ok);;
-- needs: grouping_sets
SELECT g, ok, count(*) FROM t GROUP BY CUBE(g, ok);;
-- needs: grouping_sets
SELECT g, ok, count(*) FROM t GROUP BY GROUPING SETS ((g), (ok));;
-- needs: grouping_sets
SELECT g, count(*) FROM t GROUP BY g WITH ROLLUP;;
-- needs: session_window
SELECT session_window(ts, '1 hour') AS w, count(*) FROM t GROUP BY session_window(ts, '1 hour');;
