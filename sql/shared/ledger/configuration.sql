-- A stored configuration. In: @hash. Out: json.
SELECT json FROM etl.configuration WHERE hash = @hash;
