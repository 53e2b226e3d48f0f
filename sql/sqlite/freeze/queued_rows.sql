-- Snapshot rows of one of Payments, Customers, CustomerAccounts, CustomerSites that were not frozen before:
-- newer than the table's old watermark, or never frozen with this stamp (the overlap brings rows again).
-- In: @table, @watermark. {key}, {table}: key column and table.
INSERT OR IGNORE INTO temp.queued_row (source_table, row_key)
SELECT @table, q.{key} FROM queue.{table} AS q
WHERE q.ModifiedDate > @watermark
   OR NOT EXISTS (SELECT 1 FROM etl.{frozen} AS f
                  WHERE f.{key} = q.{key} AND f.ModifiedDate = q.ModifiedDate AND f.queued = 1);
