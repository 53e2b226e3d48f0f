import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError, FreezeError } from '../../../src/core/errors.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { Freezing } from '../../support/freezing.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let freezing: Freezing;
  beforeEach(async () => {
    freezing = await Freezing.open(engine);
  });
  afterEach(() => freezing.close());

  const columns = async (table: 'Orders' | 'Payments' | 'Customers', changeSet = 1) =>
    frozenTables(freezing.database).columns(changeSet, table);

  const frozenColumns = async (table: string) =>
    (await freezing.database.columns(`etl.frozen_${table}`)).map(({ name }) => name);

  it('leaves sensitive columns out, those of other names that look like one, too', async () => {
    await freezing.exec('ALTER TABLE "dbo.Payments" ADD GiftCardNumber TEXT');
    await freezing.putPayment(1, null);
    await freezing.exec(`UPDATE "dbo.Payments" SET CreditCardNumber = '4111', GiftCardNumber = '4222'`);
    await freezing.freeze();
    const found = await frozenColumns('Payments');
    expect(found).toContain('Amount');
    expect(found).not.toContain('CreditCardNumber');
    expect(found).not.toContain('GiftCardNumber');
    expect(await frozenColumns('Customers')).not.toContain('PasswordHash');
  });

  it('freezes a sensitive column that is allowed by name, and no other', async () => {
    await freezing.close();
    freezing = await Freezing.open(engine, { allowSensitive: ['Payments.CreditCardNumber'] });
    await freezing.putPayment(1, null);
    await freezing.exec(`UPDATE "dbo.Payments" SET CreditCardNumber = '************1111'`);
    await freezing.freeze();
    expect(await freezing.all('SELECT CreditCardNumber AS shown FROM "etl.frozen_Payments"')).toEqual([
      { shown: '************1111' },
    ]);
    expect(await frozenColumns('Payments')).not.toContain('CheckNumber');
  });

  it('keeps columns it has never heard of, also ones added between two freezes', async () => {
    await freezing.exec('ALTER TABLE "dbo.Orders" ADD Channel TEXT');
    await freezing.putOrder(1, { Channel: 'fair' });
    await freezing.freeze();
    await freezing.exec('ALTER TABLE "dbo.Orders" ADD "Odd ""name""" TEXT');
    await freezing.putOrder(2, { Channel: 'shop' });
    await freezing.exec('UPDATE "dbo.Orders" SET "Odd ""name""" = \'kept\' WHERE OrderID = 2');
    await freezing.freeze();
    expect(
      await freezing.all('SELECT OrderID, Channel, "Odd ""name""" AS odd FROM "etl.frozen_Orders"'),
    ).toEqual([
      { OrderID: 1, Channel: 'fair', odd: null },
      { OrderID: 2, Channel: 'shop', odd: 'kept' },
    ]);
    expect(await columns('Orders', 2)).toContain('Odd "name"');
    expect(await columns('Orders', 1)).not.toContain('Odd "name"');
  });

  it('works with fewer columns than documented, and with one that goes away', async () => {
    await freezing.dropColumn('Orders', 'Notes');
    await freezing.putOrder(1, { City: 'Reno' });
    await freezing.freeze();
    expect(await columns('Orders')).not.toContain('Notes');
    await freezing.dropColumn('Orders', 'City');
    await freezing.putOrder(2);
    await freezing.freeze();
    expect(await freezing.all('SELECT OrderID, City FROM "etl.frozen_Orders"')).toEqual([
      { OrderID: 1, City: 'Reno' },
      { OrderID: 2, City: null },
    ]);
    expect(await columns('Orders', 2)).not.toContain('City');
  });

  it('says which needed column is missing, where to switch it on, and freezes nothing', async () => {
    await freezing.putOrder(1);
    await freezing.dropColumn('OrderDetails', 'PriceTotal');
    await expect(freezing.freeze()).rejects.toThrow(
      new ConfigurationError(
        'dbo.OrderDetails: column PriceTotal is missing; switch it on in Sync Management for this destination, nothing was frozen' +
          (engine === 'sqlite'
            ? ''
            : ' (a login without SELECT does not see it: sql/sqlserver/grants/sync.sql)'),
      ),
    );
    expect(await freezing.all('SELECT * FROM "etl.change_set"')).toEqual([]);
    expect(await freezing.all('SELECT * FROM "etl.watermark"')).toEqual([]);
  });

  it('refuses a column whose name is one of its own', async () => {
    await freezing.exec('ALTER TABLE "dbo.Orders" ADD Settled INTEGER');
    await freezing.putOrder(1);
    await expect(freezing.freeze()).rejects.toThrow(FreezeError);
    await expect(freezing.freeze()).rejects.toThrow(/dbo\.Orders\.Settled: the name is taken/);
  });
});
