-- The server's own clock, UTC. Out: now_utc.
SELECT CONVERT(NVARCHAR(23), SYSUTCDATETIME(), 121) AS now_utc;
