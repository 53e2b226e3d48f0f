-- Goods that a 3PL has taken back, as we have accepted them: what was made of them in Exigo, if anything. Never pruned: it
-- is what keeps them from being taken back twice, and an order of our own making from being sent to the 3PL.
CREATE TABLE etl.returned_goods (
  return_key      NVARCHAR(100) NOT NULL PRIMARY KEY, -- order and what the rows say: `return:1001:5f3a9c21d04e`
  three_pl        NVARCHAR(100) NOT NULL,
  exigo_order_id  INT NOT NULL,                 -- the order that was shipped
  file_id         INT NOT NULL,
  lines           NVARCHAR(MAX) NOT NULL,       -- JSON: lines of the file that it accounts for
  goods           NVARCHAR(MAX) NOT NULL,       -- JSON: items with their quantities, exact decimals
  policy          NVARCHAR(100) NOT NULL,
  noted_utc       DATETIME2(3) NOT NULL,
  return_order_id INT,                          -- in Exigo; null until Exigo has said it
  made_utc        DATETIME2(3),
  CONSTRAINT return_policy_is_known CHECK (policy IN ('record', 'return-order')),
  CONSTRAINT returned_goods_are_made_exactly_when_they_have_a_time
    CHECK ((return_order_id IS NULL AND made_utc IS NULL) OR (return_order_id IS NOT NULL AND made_utc IS NOT NULL)),
  CONSTRAINT recorded_goods_have_no_return_order CHECK (policy = 'return-order' OR return_order_id IS NULL)
);
CREATE INDEX returned_goods_by_order ON etl.returned_goods (exigo_order_id);
CREATE INDEX returned_goods_by_return_order ON etl.returned_goods (return_order_id) WHERE return_order_id IS NOT NULL;
-- What came back in files that were read before there was a flow for it: a batch for each, to be noted and no more, as what
-- was to follow from it has followed by hand. Its items are those of ledger/insert_returned_items.
INSERT INTO etl.batch (pipeline, change_set_id, kind, items_frozen, created_utc)
SELECT '3pl-returns-to-exigo', f.change_set_id, 'backfill', COUNT(DISTINCT r.order_id), f.settled_utc
FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
JOIN etl.change_set AS c ON c.change_set_id = f.change_set_id
WHERE r.code IS NULL AND r.repeats = 0 AND r.answer = 'returned'
GROUP BY f.change_set_id, f.settled_utc ORDER BY f.change_set_id;
INSERT INTO etl.item (batch_id, pipeline, item_key, order_id, change_set_id, generation, state, created_utc)
SELECT DISTINCT b.batch_id, b.pipeline, CONCAT('return/', r.order_id, '/', r.file_id), r.order_id, f.change_set_id, 1, 'new',
       b.created_utc
FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
JOIN etl.batch AS b ON b.change_set_id = f.change_set_id AND b.pipeline = '3pl-returns-to-exigo'
WHERE r.code IS NULL AND r.repeats = 0 AND r.answer = 'returned';
