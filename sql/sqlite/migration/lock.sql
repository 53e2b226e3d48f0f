-- One process migrates at a time. Nothing to do: a transaction of the embedded engine begins with the write lock.
SELECT 1 AS locked;
