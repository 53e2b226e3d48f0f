-- A person does not want to wait: what is left alone is tried by the next call. In: @now.
UPDATE etl.circuit SET state = 'open', probe_utc = @now WHERE state <> 'closed' AND probe_utc > @now;
