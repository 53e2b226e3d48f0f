-- A hand-over that an earlier script made and a person adopted: since when we take it for done. Null for our own.
ALTER TABLE etl.order_link ADD adopted_utc TEXT;

-- Made in shadow: rendered into a folder of our own, while an earlier script sends the orders of it.
ALTER TABLE etl.wave ADD shadow INTEGER NOT NULL DEFAULT 0;
