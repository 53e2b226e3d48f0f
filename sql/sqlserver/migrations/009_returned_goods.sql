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
