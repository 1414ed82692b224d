SELECT CASE WHEN id < 3 THEN 'low' WHEN id = 3 THEN 'mid' ELSE 'high' END AS c FROM t;;
SELECT CASE id WHEN 1 THEN 'one' WHEN 2 THEN 'two' END FROM t;;
SELECT CASE g WHEN 'a' THEN 1 WHEN 'b' THEN 2L ELSE 0.5 END AS x FROM t;;
SELECT CASE WHEN NULL THEN 1 ELSE 2 END, CASE NULL WHEN NULL THEN 1 ELSE 2 END;;
SELECT CASE WHEN id > 1 THEN CASE WHEN id > 3 THEN 'x' ELSE 'y' END ELSE 'z' END q FROM t;;
SELECT if(id > 2, 'big', 'small'), nvl(g, '?'), coalesce(NULL, g, 'z'), nullif(id, 3), ifnull(v, -1), nvl2(g, 1, 2) FROM t;;
SELECT CAST('12' AS INT), CAST(1.9 AS INT), CAST(id AS STRING) AS c, CAST('2024-01-01' AS DATE), CAST(1 AS BOOLEAN) FROM t WHERE id = 1;;
SELECT CAST(1 AS DECIMAL(10, 2)), CAST('1.555' AS DECIMAL(4,2)), CAST(1 AS DECIMAL), CAST('x' AS BINARY), CAST(1 AS DOUBLE), CAST(1 AS LONG), CAST(1 AS TINYINT);;
SELECT CAST(array(1, 2) AS ARRAY<STRING>) AS a, CAST(array(array(1)) AS ARRAY<ARRAY<BIGINT>>) AS b, CAST(named_struct('a', 1) AS STRUCT<b: STRING>) AS c, CAST(map('a', 1) AS MAP<STRING, DOUBLE>) AS d;;
SELECT '5'::int, '5'::int + 1, -'5'::int AS n, 1::string || 'x', 1.7::int::string;;
SELECT TRY_CAST('x' AS INT), try_cast('7' AS INT), TRY_CAST('2024-99-01' AS DATE);;
SELECT CAST('abc' AS INT);;
SELECT CAST('2024-01-01' AS TIMESTAMP), CAST(TIMESTAMP '2024-01-01 10:00:00' AS DATE), CAST('2024-01-01 10:00:00' AS TIMESTAMP_NTZ);;
SELECT CAST(1 AS VARCHAR(5)), CAST('abc' AS CHAR(3)), CAST(1 AS REAL), CAST(5 AS DEC(5,1)), CAST(2 AS NUMERIC(3));;
SELECT CAST(1 AS FOO);;
SELECT CAST(1 AS ARRAY);;
SELECT CAST(1 AS);;
SELECT CAST(1, INT);;
SELECT CAST(array(1) AS INT);;
SELECT EXTRACT(YEAR FROM ts) AS y, EXTRACT(MONTH FROM ts) AS mo, extract(day FROM dt) AS d, EXTRACT(HOUR FROM ts) AS h, EXTRACT(MINUTE FROM ts) AS mi, EXTRACT(DOW FROM dt) AS w, EXTRACT(DOY FROM dt) AS doy, EXTRACT(WEEK FROM dt) AS wk, EXTRACT(QUARTER FROM dt) AS q FROM t;;
SELECT EXTRACT(DOW_ISO FROM dt) AS i, EXTRACT(DAYOFWEEK FROM dt) AS j FROM t;;
-- needs: extract_second
SELECT EXTRACT(SECOND FROM ts) AS s FROM t;;
SELECT EXTRACT(FOO FROM ts) FROM t;;
SELECT SUBSTRING('hello', 2), SUBSTRING('hello', 2, 3), SUBSTRING('hello' FROM 2), SUBSTRING('hello' FROM 2 FOR 3), substr('hello', -3), substr('hello' FROM -3 FOR 2);;
SELECT TRIM('  x '), TRIM(BOTH FROM '  x '), TRIM(LEADING FROM '  x '), TRIM(TRAILING FROM '  x ');;
SELECT TRIM('x' FROM 'xxaxx'), TRIM(BOTH 'x' FROM 'xxaxx'), TRIM(LEADING 'x' FROM 'xxaxx'), TRIM(TRAILING 'x' FROM 'xxaxx'), ltrim('x', 'xa'), rtrim('x', 'ax');;
SELECT POSITION('l' IN 'hello'), position('l', 'hello'), locate('l', 'hello', 4);;
-- needs: overlay
SELECT OVERLAY('Spark SQL' PLACING '_' FROM 6), OVERLAY('Spark SQL' PLACING 'CORE' FROM 7 FOR 0);;
SELECT current_date = current_date(), current_timestamp IS NOT NULL, now() >= current_timestamp;;
SELECT upper('a'), Lower('B'), LENGTH('abc'), concat('a', 'b', 'c'), concat_ws('-', 'a', 'b');;
SELECT abs(-1), round(2.5), round(2.345, 2), floor(1.7), ceil(1.2), sqrt(16), power(2, 3), mod(7, 3), pmod(-7, 3), greatest(1, 5, 3), least(4, 2);;
SELECT year(dt), month(dt), day(dt), date_add(dt, 10), date_sub(dt, 1), datediff(dt, DATE '2024-01-01'), last_day(dt), date_format(ts, 'yyyy/MM/dd HH:mm'), date_trunc('HOUR', ts), trunc(dt, 'MM') FROM t;;
SELECT arr[0], arr[1], s.x, s.y, m['k'], m['zz'], element_at(arr, 1), size(arr) FROM nested;;
SELECT nested.s.x, nested.arr[0], nested.id, `nested`.`s`.`y` FROM nested;;
SELECT s.* FROM nested;;
SELECT arr[5] FROM nested;;
SELECT arr[-1] FROM nested;;
SELECT s.zz FROM nested;;
SELECT s['x'], s[0] FROM nested;;
SELECT array(1, 2)[1], map('a', 'b')['a'], named_struct('q', 5).q, struct(id AS i).i AS i FROM t WHERE id = 1;;
SELECT split('a,b', ',')[1], array(array(1, 2), array(3))[1][0];;
SELECT id.x FROM t;;
SELECT nosuchfunction(1);;
SELECT upper();;
SELECT upper('a', 'b');;
SELECT substring('a');;
SELECT count(DISTINCT g), count(*), count(1), count(g), count(ALL g), sum(DISTINCT id % 2) FROM t;;
SELECT first(g), last(id), any_value(ok) FROM (SELECT * FROM t ORDER BY id);;
SELECT first(g IGNORE NULLS) AS a, first(g) IGNORE NULLS AS b, last(g, true) AS c FROM t WHERE id = 4 OR id = 5;;
SELECT min(id), max(v), avg(d), sum(n), stddev(v) IS NULL FROM t;;
SELECT sum(sum(id)) FROM t;;
-- needs: filter_clause
SELECT count(*) FILTER (WHERE id > 2), sum(id) FILTER (WHERE ok) FROM t;;
-- needs: lambda
SELECT transform(array(1, 2), x -> x + 1);;
-- needs: lambda
SELECT aggregate(array(1, 2), 0, (a, x) -> a + x);;
-- needs: window_functions
SELECT id, row_number() OVER (PARTITION BY g ORDER BY id) FROM t;;
-- needs: window_functions
SELECT sum(id) OVER w FROM t WINDOW w AS (ORDER BY id);;
-- needs: within_group
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM t;;
-- needs: date_unit
SELECT dateadd(DAY, 3, dt), timestampadd(HOUR, 2, ts) FROM t WHERE id = 1;;
-- needs: date_unit
SELECT datediff(DAY, DATE '2024-01-01', DATE '2024-01-05');;
-- needs: star_except
SELECT * EXCEPT (v, d) FROM t;;
-- needs: named_arguments
SELECT mask('AbCD123', lowerChar => 'q');;
-- needs: collate
SELECT 'a' COLLATE UTF8_LCASE = 'A';;
