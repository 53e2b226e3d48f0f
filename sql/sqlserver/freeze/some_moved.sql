-- A few of the orders that changed while they were copied, for the message. Out: order_id.
SELECT TOP (5) order_id FROM #moved ORDER BY order_id;
