import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import mssql from 'mssql';
import { driverConfig, type SqlServerConfig } from '../src/db/sqlserver/pool.js';

/** What a user would write instead on SQL Server: the accepted orders as one CSV file, and not one promise. */
export async function plainServerScript(config: SqlServerConfig, output: string): Promise<void> {
  const pool = await new mssql.ConnectionPool(driverConfig(config)).connect();
  const request = pool.request();
  const rows = request.toReadableStream();
  void request.query(`
    SELECT o.OrderID AS ORDER_NO, d.OrderLine AS LINE_NO, o.OrderDate AS ORDER_DATE, o.ShipMethodID AS SHIP_METHOD,
           CONCAT(o.FirstName, ' ', o.LastName) AS SHIP_TO_NAME, o.Company AS SHIP_TO_COMPANY, o.Address1 AS ADDRESS_1,
           o.Address2 AS ADDRESS_2, o.City AS CITY, o.State AS STATE, o.Zip AS ZIP, o.Country AS COUNTRY,
           o.Phone AS PHONE, o.Email AS EMAIL, d.ItemCode AS SKU, d.ItemDescription AS DESCRIPTION,
           d.Quantity AS QTY, d.PriceEach AS UNIT_PRICE, o.CurrencyCode AS CURRENCY, d.WeightEach AS WEIGHT,
           o.Notes AS NOTES, 'SCRIPT' AS SOURCE, 1 AS FILE_NO
    FROM dbo.Orders AS o JOIN dbo.OrderDetails AS d ON d.OrderID = o.OrderID
    WHERE o.OrderStatusID = 7 ORDER BY o.OrderID, d.OrderLine`);
  await pipeline(rows, stringify({ header: true }), createWriteStream(output));
  await pool.close();
}
