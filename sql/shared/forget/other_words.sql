-- What is said of whole systems, and what was told of it: few. Out: kind (circuit, incident, alert), row_key, words.
SELECT 'circuit' AS kind, system AS row_key, last_error AS words FROM etl.circuit
UNION ALL
SELECT 'incident', CONCAT('', incident_id), what FROM etl.incident
UNION ALL
SELECT 'alert', alert_key, CONCAT(message, ' ', last_error, ' ', receipt) FROM etl.alert;
