-- Rows of one of Payments, Customers, CustomerAccounts, CustomerSites that no live change set holds with this
-- stamp. Asked of dbo, since a time of the table's own: the snapshot has one start for all tables, and a row that
-- came later than that would never be in it. What a backfill froze does not count: the live flow has not seen it.
-- In: @table, @since. {key}, {table}, {frozen}: key column, table, frozen table.
INSERT INTO #queued_row (source_table, row_key)
SELECT @table, s.{key} FROM dbo.{table} AS s
WHERE s.ModifiedDate >= CAST(@since AS DATETIME2(3))
  AND NOT EXISTS (SELECT 1 FROM etl.{frozen} AS f JOIN etl.change_set AS c ON c.change_set_id = f.change_set_id
                  WHERE f.{key} = s.{key} AND f.row_stamp = CAST(s.ModifiedDate AS DATETIME2(7))
                    AND f.queued = 1 AND c.kind = 'live');
