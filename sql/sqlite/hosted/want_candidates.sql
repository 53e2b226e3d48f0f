-- The orders whose signature is to be read.
DELETE FROM temp.wanted;
INSERT INTO temp.wanted (id) SELECT order_id FROM temp.candidate;
