-- The views all queries read.
CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM VALUES
  (1, 'a', 1.5D, 10.25BD, 100L, TIMESTAMP '2024-01-01 00:10:00', DATE '2024-01-01', true),
  (2, 'b', -2.5D, 0.05BD, 200L, TIMESTAMP '2024-01-01 00:50:00', DATE '2024-02-29', false),
  (3, 'a', 0.0D, NULL, NULL, TIMESTAMP '2024-01-01 01:10:00.123456', DATE '1999-12-31', NULL),
  (4, NULL, NULL, 99.99BD, -5L, NULL, NULL, true),
  (5, 'c', 3.25D, -7.10BD, 300L, TIMESTAMP '2024-03-10 12:00:00', DATE '2024-01-01', false)
  AS x(id, g, v, d, n, ts, dt, ok)
;;
CREATE OR REPLACE TEMP VIEW nested AS SELECT id, array(id, id * 10) AS arr, named_struct('x', id, 'y', g) AS s, map('k', id, 'l', id + 1) AS m FROM t WHERE id < 4
;;
CREATE OR REPLACE TEMP VIEW words AS SELECT * FROM VALUES (1, 'apple'), (2, 'Banana'), (3, 'cherry%pie'), (4, ''), (5, NULL), (6, 'it''s a_b') AS x(id, w)
;;
