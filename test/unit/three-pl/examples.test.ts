import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { makeRouter } from '../../../src/transform/three-pl/index.js';
import { CONTEXT, example, fileBytes, sampleOrder } from './sample.js';

const atlas = example('atlas');
const borealis = example('borealis');

const kit = sampleOrder({
  lines: [{ ItemCode: '00042' }, { ItemCode: 'KIT-A', ItemDescription: '=sum(A1)', Quantity: '0.5000' }],
});
const german = sampleOrder({
  row: {
    OrderID: 1002,
    WarehouseID: 3,
    ShipMethodID: 8,
    FirstName: 'Jörg',
    LastName: 'Großmann',
    Address1: 'Straße des 17. Juni 1',
    City: 'Łódź',
    Country: 'DE',
    CurrencyCode: 'EUR',
  },
  payments: [{ PaymentTypeID: 1 }, { PaymentTypeID: 3 }],
});
const brazilian = {
  CurrencyCode: 'BRL',
  Country: 'BR',
  State: 'SP',
  City: 'sao paulo',
  Zip: '1046',
  ShipMethodID: 1,
};

describe('the examples', () => {
  it('atlas writes a row per line', () => {
    expect(atlas.fileName(CONTEXT)).toBe('ATL_20261120_000007.csv');
    expect(fileBytes(atlas, [kit]).toString('utf8')).toBe(
      [
        'ORDER_NO,LINE_NO,LINES,ORDER_DATE,SHIP_METHOD,SHIP_TO_NAME,SHIP_TO_COMPANY,ADDRESS_1,ADDRESS_2,CITY,STATE,ZIP,COUNTRY,PHONE,EMAIL,SKU,DESCRIPTION,QTY,UNIT_PRICE,CURRENCY,WEIGHT,NOTES,SOURCE,FILE_NO',
        '1001,1,2,2026-11-20,UPS-2DAY,Ada Byron,,12 Mill Lane,,Dallas,TX,01234,US,+1 214 555 0100,ada@example.test,00042,Green tea,2,12.50,USD,0.25,,ORDERFERRY,7',
        "1001,2,2,2026-11-20,UPS-2DAY,Ada Byron,,12 Mill Lane,,Dallas,TX,01234,US,+1 214 555 0100,ada@example.test,KIT-A,'=sum(A1),0.5,12.50,USD,0.25,,ORDERFERRY,7",
        '',
      ].join('\r\n'),
    );
  });

  it('borealis writes header and detail records', () => {
    expect(borealis.fileName(CONTEXT)).toBe('BOREALIS-00007-20261121T0505.txt');
    expect(iconv.decode(fileBytes(borealis, [german]), 'windows-1252')).toBe(
      [
        '"H";1002;"21.11.2026";"LYS";"COLISSIMO";"Jörg Großmann";"";"Straße des 17. Juni 1";"";"01234";"?ód?";"DE";"+1 214 555 0100";25,00;"EUR";"1+3";1',
        '"D";1002;001;"A-1";"Green tea";2;12,50;0,250',
        '',
      ].join('\r\n'),
    );
  });

  it('share the warehouses 1, 2 and 3, with any ship method and sparse addresses', () => {
    const route = makeRouter([atlas, borealis]);
    for (const WarehouseID of [1, 2, 3]) {
      for (const ShipMethodID of [1, 2, 3, 4, 5, 6, 7, 8, 9, 77]) {
        const row = { ...brazilian, WarehouseID, ShipMethodID, FirstName: '', LastName: '', Address1: '' };
        const order = sampleOrder({ row });
        const target = WarehouseID === 1 ? atlas : borealis;
        expect(route(order)).toEqual({ verdict: 'load', target: target.name });
        expect(target.render(order).length).toBeGreaterThan(0);
      }
    }
    expect(route(sampleOrder({ row: { WarehouseID: 4 } }))).toMatchObject({
      verdict: 'reject',
      code: 'NO_ROUTE',
    });
    expect(() => atlas.render(sampleOrder({ row: { City: '' } }))).toThrow(
      'column "CITY" is required and empty',
    );
  });

  it('give the same bytes in every time zone and locale', () => {
    const program = fileURLToPath(new URL('./print-examples.ts', import.meta.url));
    const run = (TZ: string, LANG: string) =>
      execFileSync(process.execPath, ['--import', 'tsx', program], {
        env: { ...process.env, TZ, LANG, LC_ALL: LANG },
        encoding: 'utf8',
      });
    const first = run('UTC', 'C');
    expect(first).toMatch('ATL_20261120_000007.csv ');
    expect(run('Pacific/Kiritimati', 'tr_TR.UTF-8')).toBe(first);
    expect(run('America/Sao_Paulo', 'ar_EG.UTF-8')).toBe(first);
  });
});
