-- Incidents, or ends of them, that a channel has not told, oldest first. Those that were over before @since are history.
-- In: @channel, @since.
SELECT i.incident_id, i.kind, i.system, i.what, i.opened_utc, i.last_utc, i.times, i.closed_utc,
       CASE WHEN o.alert_key IS NULL THEN 'opened' ELSE 'closed' END AS news
FROM etl.incident AS i
LEFT JOIN etl.alert AS o ON o.alert_key = CONCAT('incident/', i.incident_id, '/opened/', @channel)
LEFT JOIN etl.alert AS c ON c.alert_key = CONCAT('incident/', i.incident_id, '/closed/', @channel)
WHERE (i.closed_utc IS NULL OR i.closed_utc >= @since)
  AND (o.alert_key IS NULL OR (i.closed_utc IS NOT NULL AND c.alert_key IS NULL))
ORDER BY i.incident_id;
