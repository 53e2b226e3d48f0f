-- How an item came about: its generation, and the kind of its batch. In: @item_id. Out: generation, kind.
SELECT i.generation, b.kind FROM etl.item AS i JOIN etl.batch AS b ON b.batch_id = i.batch_id WHERE i.item_id = @item_id;
