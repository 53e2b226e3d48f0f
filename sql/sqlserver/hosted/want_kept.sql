-- The orders that are to be read whole.
DELETE FROM #wanted;
INSERT INTO #wanted (id) SELECT order_id FROM #kept;
