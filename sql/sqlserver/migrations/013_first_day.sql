-- A hand-over that an earlier script made and a person adopted: since when we take it for done. Null for our own.
ALTER TABLE etl.order_link ADD adopted_utc DATETIME2(3);
