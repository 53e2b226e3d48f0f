-- An event with another text. In: @event_id, @message.
UPDATE etl.event SET message = @message, detail = NULL WHERE event_id = @event_id;
