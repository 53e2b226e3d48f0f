-- Whether the file that a change set was frozen from was read in shadow. In: @change_set_id.
SELECT COUNT(*) AS files FROM etl.inbox_file WHERE change_set_id = @change_set_id AND shadow = 1;
