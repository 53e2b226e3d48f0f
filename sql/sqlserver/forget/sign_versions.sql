-- Notes the signature of the last frozen versions of these orders, whose frozen rows are about to go, to be compared with
-- from now on. Takes in freeze/frozen_signature. In: @order_ids (JSON).
UPDATE etl.aggregate_version SET signature = s.signature
FROM (SELECT v.order_id, {frozen_signature} AS signature FROM etl.aggregate_version AS v
      WHERE v.signature = 0x AND v.order_id IN (SELECT value FROM OPENJSON(@order_ids))) AS s
WHERE s.order_id = etl.aggregate_version.order_id;
