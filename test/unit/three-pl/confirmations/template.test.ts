import { describe, expect, it } from 'vitest';
import { example, faultsOf } from '../sample.js';
import { confirmationsOf, confirmationsValue, kindOf, kindValue } from './reading.js';

const section = (value: unknown) => faultsOf({ confirmations: value });
const kind = (keys: Readonly<Record<string, unknown>>) =>
  section(confirmationsValue(kindValue(keys))).map((line) => line.replace('confirmations.files[0].', ''));
const columns = (keys: Readonly<Record<string, unknown>>) =>
  kind({ columns: keys }).map((line) => line.replace('columns.', ''));

describe('faults of a confirmations section', () => {
  it('come all at once, with paths and nearest names', () => {
    expect(
      section({
        inbox: { foldr: 'x' },
        parcels: 'lst',
        files: [
          kindValue({
            name: 'A b',
            match: 'in/*.csv',
            ready: { after: '1 minute' },
            format: { encoding: 'utf8' },
          }),
          kindValue({
            columns: { answer: { column: 'S', map: { OK: 'acepted' } }, carrier: { constant: 'Ups' } },
          }),
        ],
      }),
    ).toEqual([
      'confirmations.inbox.folder: is missing',
      'confirmations.inbox.foldr: unknown key; did you mean "folder"?',
      'confirmations.parcels: "lst" is not one of first, last, joined; did you mean "last"?',
      'confirmations.files[0].name: a name has lower-case letters, digits and hyphens (at most 50)',
      'confirmations.files[0].match[0]: "in/*.csv": a pattern is of names, the folder is inbox.folder',
      'confirmations.files[0].ready.after: a duration such as 30s, 30m, 1h, 1d or 0',
      'confirmations.files[0].format.encoding: "utf8" is not one of utf-8, utf-16le, utf-16be, windows-1250, windows-1252, iso-8859-1, iso-8859-15, cp850; did you mean "utf-8"?',
      'confirmations.files[1].columns.answer.map.OK: "acepted" is not one of accepted, rejected, shipped, short, canceled, not-canceled, returned, ignore; did you mean "accepted"?',
      'confirmations.files[1].columns.carrier: "Ups" is not one of FedEx, UPS, Purolator, CanadaPostRegular, CanadaPostExpress, DHL, USPS, Estafeta, RoyalMail, GLSHungary, PostenNorway, LandMarkGlobal, GDEX; did you mean "UPS"?',
    ]);
    const parcels = (value: unknown) => section({ ...confirmationsValue(kindValue()), parcels: value });
    expect(
      parcels({ otherwise: 'last', stores: { main: 'first' }, marketplaces: { Amazon: 'joined' } }),
    ).toEqual([]);
    expect(parcels({ marketplace: { Amazon: 'first' }, stores: { main: 'lst' } })).toEqual([
      'confirmations.parcels.stores.main: "lst" is not one of first, last, joined; did you mean "last"?',
      'confirmations.parcels.marketplace: unknown key; did you mean "marketplaces"?',
    ]);
    expect(section({ inbox: { folder: 'x' }, files: [] })).toEqual([
      'confirmations.files: needs a kind of file',
    ]);
    expect(section(confirmationsValue(kindValue(), kindValue()))).toEqual([
      'confirmations.files[1].name: "shipments" is there twice',
    ]);
    for (const value of [null, 'x', [], 5]) expect(section(value).length).toBeGreaterThan(0);
    for (const value of [null, 'x', [], 5])
      expect(section(confirmationsValue(value as never)).length).toBeGreaterThan(0);
  });

  it('are about names, readiness and ends', () => {
    expect(kind({ match: '*.part' })).toEqual([
      'match[0]: "*.part": names of this kind are left alone, files under way have them',
    ]);
    expect(kind({ match: 'a[0-9].csv' })).toEqual([
      'match[0]: "a[0-9].csv": only * and ? stand for other characters',
    ]);
    expect(kind({ ready: { after: '1m', trigger: '.ok' } })).toEqual([
      'ready: needs exactly one of after and trigger',
    ]);
    expect(kind({ ready: { trigger: 'ok' } })).toEqual([
      'ready.trigger: "ok" cannot be the ending of trigger files; one is written ".ok"',
    ]);
    expect(kind({ format: { zone: 'Europe/Berln' } })).toEqual([
      'format.zone: no time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
    ]);
    expect(kind({ end: { column: 'T', is: 'END' } })).toEqual([
      'end.column: column "T": without a header row columns go by number, from 1',
    ]);
    expect(kind({ records: { column: 'T', take: ['A', 'B'], skip: 'b' } })).toEqual([
      'records.skip: "b" is under take, too',
    ]);
  });

  it('are about columns', () => {
    expect(columns({ order: undefined })).toEqual(['order: is missing']);
    expect(columns({ itm: 'X' })).toEqual(['itm: unknown key; did you mean "item"?']);
    expect(columns({ order: 1 })).toEqual(['order: column 1: with a header row columns go by name']);
    expect(kind({ format: { header: false } })[0]).toBe(
      'columns.order: column "ORDER": without a header row columns go by number, from 1',
    );
    expect(columns({ order: { column: 'A', pattern: '(a' } })).toEqual([
      'order.pattern: "(a" is no regular expression',
    ]);
    expect(columns({ order: { column: 'A', pattern: '^OF' } })).toEqual([
      'order.pattern: "^OF" needs exactly one group: the number of the order',
    ]);
    expect(columns({ order: { column: 'A', is: ['market'] } })[0]).toMatch(
      '"market" is not one of exigo-order',
    );
    expect(columns({ answer: { column: 'S' } })).toEqual([
      'answer.map: is missing: it says what the words of the column mean',
    ]);
    expect(columns({ answer: { column: 'S', constant: 'shipped' } })).toEqual([
      'answer: needs exactly one of column and constant',
    ]);
    expect(columns({ shipMethod: { column: 'S', map: { A: 'x' } } })).toEqual([
      'shipMethod.map.A: "x" is no ShipMethodID',
    ]);
    expect(columns({ date: { column: 'D', format: 'DD.MM.YYYY' } })[0]).toMatch('did you mean "dd"?');
    expect(columns({ date: { column: 'D', format: 'X' } })).toEqual([
      'date.format: "X" in "X" can be written, not read',
    ]);
    expect(columns({ tracking: { columns: ['A'], column: 'B' } })).toEqual([
      'tracking: needs exactly one of column and columns',
    ]);
  });
});

describe('a confirmations section', () => {
  it('has defaults', () => {
    const { inbox, parcels, files } = confirmationsOf(confirmationsValue(kindValue()));
    expect(inbox).toEqual({ kind: 'folder', path: '/base/in' });
    expect(parcels).toEqual({ otherwise: 'joined', stores: {}, marketplaces: {} });
    expect(files[0]).toMatchObject({
      name: 'shipments',
      ready: { kind: 'settled', afterMs: 60_000 },
      references: ['exigo-order'],
    });
  });

  it('finds files by name, never one that is under way', () => {
    const { matches } = kindOf({ match: ['SHIP_*.csv', 'A?.txt'], ready: { trigger: '.ok' } });
    const names = ['SHIP_1.csv', 'ship_2.CSV', 'Ab.txt', 'SHIP_ü (2).csv'];
    expect(names.filter(matches)).toEqual(names);
    for (const name of ['SHIP_1.csvx', 'xSHIP_1.csv', 'Abc.txt', 'SHIP_1xcsv', ''])
      expect(matches(name)).toBe(false);
    const all = kindOf({ match: '*', ready: { trigger: '.ok' } });
    for (const name of [
      'a.csv.part',
      'a.PART',
      'a.filepart',
      'a.tmp',
      '.a.csv',
      'a.csv.7.taken',
      'a.csv.ok',
    ]) {
      expect(all.matches(name)).toBe(false);
    }
    expect(all.matches('a.csv')).toBe(true);
  });

  it('is in both examples, and other templates have none', () => {
    const names = (threePl: 'atlas' | 'borealis') =>
      example(threePl).confirmations?.files.map(({ name, ready, references }) => [
        name,
        ready.kind,
        ...references,
      ]);
    expect(names('atlas')).toEqual([
      ['answers', 'settled', 'exigo-order'],
      ['shipments', 'settled', 'exigo-order'],
    ]);
    expect(names('borealis')).toEqual([['report', 'trigger', 'exigo-order']]);
  });
});
