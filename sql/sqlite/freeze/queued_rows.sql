-- Rows of one of Payments, Customers, CustomerAccounts, CustomerSites that no live change set holds with this
-- stamp. Asked of dbo, since a time of the table's own: the snapshot has one start for all tables, and a row that
-- came later than that would never be in it. What a backfill froze does not count: the live flow has not seen it.
-- In: @table, @since. {key}, {table}, {frozen}: key column, table, frozen table.
INSERT OR IGNORE INTO temp.queued_row (source_table, row_key)
SELECT @table, s.{key} FROM dbo.{table} AS s
WHERE s.ModifiedDate >= @since
  AND NOT EXISTS (SELECT 1 FROM etl.{frozen} AS f JOIN etl.change_set AS c ON c.change_set_id = f.change_set_id
                  WHERE f.{key} = s.{key} AND f.ModifiedDate = s.ModifiedDate AND f.queued = 1 AND c.kind = 'live');
