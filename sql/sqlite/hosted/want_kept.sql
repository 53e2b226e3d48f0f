-- The orders that are to be read whole.
DELETE FROM temp.wanted;
INSERT INTO temp.wanted (id) SELECT order_id FROM temp.kept;
