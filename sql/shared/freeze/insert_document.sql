-- Freezes one document. In: @change_set_id, @item_key, @json.
INSERT INTO etl.frozen_document (change_set_id, item_key, json) VALUES (@change_set_id, @item_key, @json);
