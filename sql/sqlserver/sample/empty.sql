-- Refuses a database in which anything of a sync destination is: that is Exigo's, and real. Error 51003.
IF OBJECT_ID('dbo.Orders') IS NOT NULL OR OBJECT_ID('dbo.Customers') IS NOT NULL OR OBJECT_ID('queue.Refresh') IS NOT NULL
  THROW 51003, 'this database has sync tables or queue.Refresh already; the sample goes into an empty database only', 1;
