-- Orders of a backfill slice, by ModifiedDate. In: @start (included), @end (excluded).
INSERT OR IGNORE INTO temp.candidate (order_id)
  SELECT OrderID FROM dbo.Orders WHERE ModifiedDate >= @start AND ModifiedDate < @end;
