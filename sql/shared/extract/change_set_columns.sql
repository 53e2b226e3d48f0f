-- Columns of each table as a change set froze them. In: @change_set_id. Out: columns (JSON, null when it is empty).
SELECT columns FROM etl.change_set WHERE change_set_id = @change_set_id;
