-- A cycle begins; its key refuses a second one. In: @entry, @due, @cause, @first_due, @stands_for, @token, @holder, @now.
INSERT INTO etl.cycle (entry, due_utc, cause, first_due_utc, stands_for, token, holder, claimed_utc)
VALUES (@entry, @due, @cause, @first_due, @stands_for, @token, @holder, @now);
