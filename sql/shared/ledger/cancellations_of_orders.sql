-- What 3PLs were asked to cancel of these orders, oldest hand-over first. In: @order_ids (JSON).
SELECT order_id, generation, target, asked_utc, by_exigo, by_marketplace, by_person, answer, evidence, answered_utc
FROM etl.cancellation WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY order_id, generation;
