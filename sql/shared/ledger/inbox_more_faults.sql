-- Says of the row that stands for all further faulty ones of its file how many they are. In: @file_id, @code, @fault.
UPDATE etl.inbox_row SET fault = @fault WHERE file_id = @file_id AND code = @code;
