-- The orders whose signature is to be read.
DELETE FROM #wanted;
INSERT INTO #wanted (id) SELECT order_id FROM #candidate;
