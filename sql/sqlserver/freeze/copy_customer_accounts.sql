-- Copies the snapshot's rows of CustomerAccounts. In: @change_set_id.
INSERT INTO etl.frozen_CustomerAccounts (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id, 1, CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM #queued_row AS q JOIN dbo.CustomerAccounts AS s ON s.CustomerID = q.row_key
WHERE q.source_table = 'CustomerAccounts';
