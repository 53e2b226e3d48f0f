-- Orders that a listing must say something of: those we know as Accepted (7), with @printed = 1 those we know as Printed
-- (8), too, and those that are held as incomplete. In: @printed, @after, @n (a page). Out: id, incomplete (0 or 1).
SELECT w.id, MAX(w.incomplete) FROM (
  SELECT v.order_id AS id, 0 AS incomplete FROM etl.aggregate_version AS v
  WHERE (v.status_id = 7 OR (v.status_id = 8 AND @printed = 1)) AND v.order_id > @after
  UNION ALL
  SELECT i.order_id, 1 FROM etl.item AS i INDEXED BY item_waiting
  WHERE i.state = 'held' AND i.resolution IS NULL AND i.code = 'INCOMPLETE' AND i.order_id > @after
) AS w GROUP BY w.id ORDER BY w.id LIMIT @n;
