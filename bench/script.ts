import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import Sqlite from 'better-sqlite3';
import { stringify } from 'csv-stringify';

/** What a user would write instead: the accepted orders as one CSV file, and not one promise. */
export async function plainScript(database: string, output: string): Promise<void> {
  const db = new Sqlite(database, { readonly: true });
  const rows = db.prepare(`
    SELECT o.OrderID AS ORDER_NO, d.OrderLine AS LINE_NO, o.OrderDate AS ORDER_DATE, o.ShipMethodID AS SHIP_METHOD,
           o.FirstName || ' ' || o.LastName AS SHIP_TO_NAME, o.Company AS SHIP_TO_COMPANY, o.Address1 AS ADDRESS_1,
           o.Address2 AS ADDRESS_2, o.City AS CITY, o.State AS STATE, o.Zip AS ZIP, o.Country AS COUNTRY,
           o.Phone AS PHONE, o.Email AS EMAIL, d.ItemCode AS SKU, d.ItemDescription AS DESCRIPTION,
           d.Quantity AS QTY, d.PriceEach AS UNIT_PRICE, o.CurrencyCode AS CURRENCY, d.WeightEach AS WEIGHT,
           o.Notes AS NOTES, 'SCRIPT' AS SOURCE, 1 AS FILE_NO
    FROM "dbo.Orders" AS o JOIN "dbo.OrderDetails" AS d ON d.OrderID = o.OrderID
    WHERE o.OrderStatusID = 7 ORDER BY o.OrderID, d.OrderLine`);
  await pipeline(rows.iterate(), stringify({ header: true }), createWriteStream(output));
  db.close();
}
