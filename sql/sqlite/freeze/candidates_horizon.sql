-- The nightly sweep: every order modified within the horizon is compared with its last frozen version, lines
-- and payments included. In: @horizon.
INSERT OR IGNORE INTO temp.candidate (order_id)
  SELECT OrderID FROM dbo.Orders WHERE ModifiedDate >= @horizon;
