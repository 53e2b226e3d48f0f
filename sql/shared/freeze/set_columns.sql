-- The columns that a change set froze of each table. In: @change_set_id, @columns (JSON).
UPDATE etl.change_set SET columns = @columns WHERE change_set_id = @change_set_id;
