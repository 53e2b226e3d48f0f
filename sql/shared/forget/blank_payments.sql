-- Empties the payments of these orders but for number and stamp, by which the freeze knows that it has them. {blank} sets
-- every other column. In: @order_ids (JSON).
UPDATE etl.frozen_Payments SET {blank} WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
