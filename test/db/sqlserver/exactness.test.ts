import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toExigoText } from '../../../src/core/time.js';
import type { Engine, Parameters, Value } from '../../../src/db/database.js';
import { putRows } from '../../../src/db/put-rows.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';

reportMissingEngine();

const SEED = 20_260_321;
const ROWS = 60;

/** A column that no Exigo table has, by its type on SQL Server; the embedded engine keeps what it is given. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly values: fc.Arbitrary<Value>;
}

const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: max });

/** Exact decimals as text: no leading zeros, all digits after the point. */
function decimals(whole: number, scale: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.boolean(),
      digits(whole),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: scale, maxLength: scale }),
    )
    .map(([minus, before, after]) => {
      const text = `${before.replace(/^0+/, '') || '0'}.${after}`;
      return minus && /[1-9]/.test(text) ? `-${text}` : text;
    });
}

/** Local times as text, any year, also in the hours that clocks skip or repeat. */
function times(fraction: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const wall = fc.oneof(
    fc.date({
      min: new Date('1753-01-01T00:00:00Z'),
      max: new Date('9999-12-30T23:59:59Z'),
      noInvalidDate: true,
    }),
    fc
      .constantFrom('2026-03-08T02:30:00Z', '2026-03-29T02:30:00Z', '2026-11-01T01:30:00Z')
      .map((iso) => new Date(iso)),
  );
  return fc
    .tuple(wall, fraction)
    .map(
      ([date, after]) =>
        `${date.toISOString().replace('T', ' ').slice(0, 19)}${after === '' ? '' : `.${after}`}`,
    );
}

/** A seventh digit is left at 0: servers that keep microseconds (Babelfish) have no more. */
const fractions = (n: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789'), minLength: n, maxLength: n })
    .map((text) => (n === 7 ? `${text.slice(0, 6)}0` : text));

const COLUMNS: readonly Column[] = [
  // The greatest money but one digit, so that no server rounds it up.
  { name: 'x_money', type: 'money', values: decimals(14, 4) },
  { name: 'x_decimal', type: 'decimal(38, 4)', values: decimals(34, 4) },
  {
    name: 'x_bigint',
    type: 'bigint',
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  },
  // DATETIME moves in steps of 3.33 ms, shown as 0, 3 and 7.
  {
    name: 'x_datetime',
    type: 'datetime',
    values: times(fc.tuple(fractions(2), fc.constantFrom('0', '3', '7')).map(([a, b]) => a + b)),
  },
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({
    name: `x_time${n}`,
    type: `datetime2(${n})`,
    values: times(fractions(n)),
  })),
  {
    name: 'x_text',
    type: 'nvarchar(400)',
    values: fc.oneof(
      fc.constantFrom('', ' ', '"', ',', '\r\n', "d'Armes", '📦🚚', 'Zoë 日本語', '=1+1', '0012'),
      fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0')),
    ),
  },
  { name: 'x_bit', type: 'bit', values: fc.constantFrom(0, 1) },
  { name: 'x_guid', type: 'uniqueidentifier', values: fc.uuid().map((text) => text.toUpperCase()) },
];

const rows = fc.array(
  fc.record(Object.fromEntries(COLUMNS.map(({ name, values }) => [name, fc.option(values, { freq: 6 })]))),
  { minLength: ROWS, maxLength: ROWS },
);
const binaries = fc.array(fc.option(fc.uint8Array({ maxLength: 40 }), { freq: 6 }), {
  minLength: ROWS,
  maxLength: ROWS,
});

async function addColumns(house: House, engine: Engine): Promise<void> {
  for (const { name, type } of [...COLUMNS, { name: 'x_binary', type: 'varbinary(max)' }]) {
    const declared =
      engine === 'sqlserver'
        ? type
        : type === 'varbinary(max)'
          ? 'BLOB'
          : type === 'bit'
            ? 'INTEGER'
            : 'TEXT';
    await house.exec(`ALTER TABLE "dbo.Payments" ADD ${name} ${declared}`);
  }
}

/** Records of the one file of Payments: NULL is nothing, an empty text `""`. */
async function recordsOf(house: House): Promise<Record<string, string | null>[]> {
  const folder = house.config.tableCsv.directory;
  const name = (await readdir(folder)).find((one) => /Payments/.test(one) && one.endsWith('.csv'));
  return parse(await readFile(join(folder, name ?? 'no file of Payments'), 'utf8'), {
    columns: true,
    cast: (value, { header, quoting }) => (value === '' && !quoting && !header ? null : value),
  });
}

const written = (value: Value | undefined): string | null => {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array
    ? `0x${Buffer.from(value).toString('hex').toUpperCase()}`
    : String(value);
};

/** A server whose datetime2 ends at the sixth digit (Babelfish, as its catalogue says) writes six. */
const asKept = (name: string, text: string | null | undefined) =>
  name === 'x_time7' ? text?.replace(/(\.\d{6})0$/, '$1') : text;

describe.each(engines().flatMap((engine) => ['UTC', 'Europe/Paris'].map((zone) => [engine, zone] as const)))(
  'from the table to the CSV file on %s, the process in %s',
  (engine, zone) => {
    let house: House;
    const before = process.env.TZ;
    beforeEach(async () => {
      process.env.TZ = zone;
      house = await House.open({ engine });
    });
    afterEach(async () => {
      await house.close();
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });

    it('every value is unchanged', async () => {
      await addColumns(house, engine);
      const [given = []] = fc.sample(rows, { seed: SEED, numRuns: 1 });
      const [bytes = []] = fc.sample(binaries, { seed: SEED, numRuns: 1 });
      const modified = toExigoText(house.clock.now());
      const payments = given.map(
        (row, i): Parameters => ({ PaymentID: i + 1, Amount: '1.0000', ModifiedDate: modified, ...row }),
      );
      await house.database.transaction((session) => putRows(session, 'Payments', payments));
      for (const [i, value] of bytes.entries()) {
        if (value !== null) {
          await house.exec('UPDATE "dbo.Payments" SET x_binary = @value WHERE PaymentID = @id', {
            value,
            id: i + 1,
          });
        }
      }
      const report = await house.run('exigo-snapshot-to-csv');
      expect(report.error).toBeNull();
      const records = await recordsOf(house);
      expect(records).toHaveLength(ROWS);
      for (const [i, record] of records.entries()) {
        const expected = { ...given[i], x_binary: bytes[i] ?? null };
        for (const [name, value] of Object.entries(expected)) {
          expect(asKept(name, record[name]), `${name} of row ${i + 1}`).toBe(asKept(name, written(value)));
        }
        expect(record.ModifiedDate).toBe(modified);
        expect(record.Amount).toBe('1.0000');
      }
    });
  },
);
