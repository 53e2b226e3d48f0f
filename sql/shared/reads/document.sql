-- One frozen document. In: @change_set_id, @item_key. Out: json, or nothing when it was pruned.
SELECT json FROM etl.frozen_document WHERE change_set_id = @change_set_id AND item_key = @item_key;
