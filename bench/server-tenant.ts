import { toExigoText } from '../src/core/time.js';
import type { Database, Session } from '../src/db/database.js';
import { migrate } from '../src/db/migrate.js';
import { createTenantTables } from '../test/support/place.js';
import { FIRST_ORDER, SPREAD } from './tenant.js';

const LINES = 3;
const HOURS = SPREAD / 3_600_000;

/**
 * Invented orders in a SQL Server database, made where they are: three lines and a payment each, a customer for every
 * second one. Fewer different texts than {@link makeTenant} has, as many rows and columns.
 */
export async function makeServerTenant(database: Database, orders: number, now: number): Promise<void> {
  await migrate(database);
  await createTenantTables(database);
  const from = toExigoText(now - SPREAD);
  await database.transaction(async (session) => {
    await number(session, orders);
    const stamp = `DATEADD(SECOND, CAST(n.i AS BIGINT) * ${(HOURS - 1) * 3_600} / ${orders}, CAST('${from}' AS DATETIME))`;
    for (const [name, text] of Object.entries(rowsOf(stamp))) await session.run({ name, text });
    await session.run({ name: 'numbers', text: 'DROP TABLE dbo.bench_number' });
  });
}

/** dbo.bench_number (i) from 0 to count - 1. */
async function number(session: Session, count: number): Promise<void> {
  const run = (text: string) => session.run({ name: 'numbers', text });
  await run('CREATE TABLE dbo.bench_number (i INT NOT NULL PRIMARY KEY)');
  await run('INSERT INTO dbo.bench_number (i) VALUES (0)');
  for (let have = 1; have < count; have *= 2) {
    await run(
      `INSERT INTO dbo.bench_number (i) SELECT n.i + ${have} FROM dbo.bench_number AS n WHERE n.i + ${have} < ${count}`,
    );
  }
}

function rowsOf(stamp: string): Readonly<Record<string, string>> {
  const place = `CASE n.i % 3 WHEN 0 THEN 'Springfield' WHEN 1 THEN 'Lindental' ELSE 'Montclair-sur-Lac' END`;
  const country = `CASE n.i % 3 WHEN 0 THEN 'US' WHEN 1 THEN 'DE' ELSE 'FR' END`;
  const price = '(4.95 + 2.5 * ((n.i * 37 + l.line * 11) % 40))';
  const subTotal = `(${[1, 2, 3].map((line) => `4.95 + 2.5 * ((n.i * 37 + ${line} * 11) % 40)`).join(' + ')})`;
  return {
    customers: `INSERT INTO dbo.Customers (CustomerID, FirstName, LastName, CustomerTypeID, CustomerStatusID, Email, Phone,
        MainAddress1, MainCity, MainCountry, CurrencyCode, CreatedDate, ModifiedDate)
      SELECT 1 + n.i / 2, N'Élodée', N'of the Northern Orchard', 1, 1, CONCAT('customer', n.i / 2, '@example.com'),
        '+1 555 0100', N'Am alten Mühlgraben 7', ${place}, ${country}, 'usd', ${stamp}, ${stamp}
      FROM dbo.bench_number AS n WHERE n.i % 2 = 0`,
    orders: `INSERT INTO dbo.Orders (OrderID, CustomerID, OrderStatusID, OrderTypeID, OrderDate, CreatedDate, ModifiedDate,
        CreatedBy, ModifiedBy, CurrencyCode, WarehouseID, ShipMethodID, PriceTypeID, FirstName, LastName, Address1, City,
        Country, Zip, Email, Phone, Notes, SubTotal, ShippingTotal, Total, WeightTotal, BusinessVolumeTotal, Other11)
      SELECT ${FIRST_ORDER} + n.i, 1 + n.i / 2, 7, 2, ${stamp}, ${stamp}, ${stamp}, 'web', 'web', 'usd', 1 + n.i % 3,
        1 + n.i % 9, 1, N'Élodée', N'of the Northern Orchard', CONCAT(1 + n.i % 250, N' Long Meadow Road'), ${place},
        ${country}, '97477', CONCAT('customer', n.i / 2, '@example.com'), '+1 555 0100',
        CASE WHEN n.i % 7 = 0 THEN 'Please ring twice; "the dog" is friendly' ELSE '' END, ${subTotal}, 6.9,
        ${subTotal} + 6.9, 105, ${subTotal}, CONCAT('ref-', n.i)
      FROM dbo.bench_number AS n`,
    lines: `INSERT INTO dbo.OrderDetails (OrderID, OrderLine, ItemID, ItemCode, ItemDescription, Quantity, PriceEach,
        PriceTotal, WeightEach, Weight)
      SELECT ${FIRST_ORDER} + n.i, l.line, 100 + l.line, 'TEA-GREEN-250', 'tea-green-250, as described in the catalogue',
        1, ${price}, ${price}, 35, 35
      FROM dbo.bench_number AS n CROSS JOIN (${Array.from({ length: LINES }, (_, i) => `SELECT ${i + 1} AS line`).join(' UNION ALL ')}) AS l`,
    payments: `INSERT INTO dbo.Payments (PaymentID, CustomerID, OrderID, PaymentTypeID, PaymentDate, Amount, CurrencyCode,
        BillingName, ModifiedDate)
      SELECT ${FIRST_ORDER * 2} + n.i, 1 + n.i / 2, ${FIRST_ORDER} + n.i, 1, ${stamp}, 25 + n.i % 90, 'usd',
        N'Élodée of the Northern Orchard', ${stamp}
      FROM dbo.bench_number AS n`,
  };
}
