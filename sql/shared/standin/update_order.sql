-- One change of one order, stamped as the API stamps it, so that it comes back with the next refresh.
-- In:  @id; @now (US Central); the columns of {assignments}, each null to leave it as it is.
-- Out: 1 row changed.
UPDATE dbo.Orders
SET {assignments}, ModifiedDate = @now, ModifiedBy = 'API'
WHERE OrderID = @id
