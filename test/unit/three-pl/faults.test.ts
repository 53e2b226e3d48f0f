import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/core/errors.js';
import { parseTemplate } from '../../../src/transform/three-pl/index.js';
import { faultsOf } from './sample.js';

const column = (keys: object) => faultsOf({ columns: [{ name: 'C', ...keys }] });
const field = (from: string) => column({ from });
const when = (map: object) => faultsOf({ routes: [{ when: map }] });
const file = (keys: object) => faultsOf({ file: keys });

describe('faults of a template', () => {
  it('come all at once in one configuration error', () => {
    const wrong = {
      nam: 'x',
      routes: [],
      file: { name: 'a.csv', bomb: true },
      row: 'lines',
      columns: [{ name: 'A' }],
    };
    expect(() => parseTemplate(wrong, 'config/3pl/x.yaml')).toThrow(ConfigurationError);
    expect(() => parseTemplate(wrong, 'config/3pl/x.yaml')).toThrow(
      [
        'config/3pl/x.yaml has 9 faults:',
        '  name: is missing',
        '  routes: without a route no order would come here',
        '  delivery: is missing',
        '  row: "lines" is not one of line, order, header-details; did you mean "line"?',
        '  nam: unknown key; did you mean "name"?',
        '  file.name: "a.csv" needs {number}: two files could get one name without it',
        '  file.bomb: unknown key; did you mean "bom"?',
        '  columns[0]: needs exactly one of from, constant or join',
      ]
        .join('\n')
        .replace('9 faults', '8 faults'),
    );
    for (const value of [null, 'text', [], undefined])
      expect(() => parseTemplate(value, 'x')).toThrow(/^x has/);
  });

  it('name the nearest column', () => {
    expect(field('order.OrdreDate')).toEqual([
      'columns[0].from: no column "OrdreDate" in order; did you mean "OrderDate"?',
    ]);
    expect(field('ordr.City')).toEqual([
      'columns[0].from: "ordr.City": a field begins with one of order, line, customer, payment, file; did you mean "order"?',
    ]);
    expect(field('City')).toEqual(['columns[0].from: "City" is not a field; did you mean "order.City"?']);
    expect(field('order.Qqqqqqq')).toEqual([
      'columns[0].from: no column "Qqqqqqq" in order; a column of your own database is written order["Qqqqqqq"]',
    ]);
    expect(field('order["Qqqqqqq"]')).toEqual([]);
    expect(field('customer.PasswordHash')).toEqual([
      'columns[0].from: customer.PasswordHash is binary and cannot be put into a file',
    ]);
    expect(field('order City')[0]).toMatch('"order City" is not a field; write order.City');
    expect(field('file.nmber')).toEqual([
      'columns[0].from: no column "nmber" in file; did you mean "number"?',
    ]);
    expect(field('file["x"]')).toEqual(['columns[0].from: "file["x"]": write file.number or file.date']);
    expect(field('order.constructor')[0]).toMatch('no column "constructor"');
  });

  it('name wrong keys and values of a column', () => {
    const from = 'order.City';
    expect(column({ from, limt: 5 })).toEqual(['columns[0].limt: unknown key; did you mean "limit"?']);
    expect(column({ from, limit: { max: 5, ovr: 'hold' } })).toEqual([
      'columns[0].limit.over: is missing',
      'columns[0].limit.ovr: unknown key; did you mean "over"?',
    ]);
    expect(column({ from, limit: { max: 5, over: 'cut' } })).toEqual([
      'columns[0].limit.over: "cut" is not one of truncate, hold',
    ]);
    expect(column({ from, required: 'yes' })).toEqual([
      'columns[0].required: expected true or false, got the text "yes"',
    ]);
    expect(column({ constant: true })).toEqual([
      'columns[0].constant: expected a text or a number (put true, false and dates in quotes)',
    ]);
    expect(column({ from, case: 'uper' })).toEqual([
      'columns[0].case: "uper" is not one of upper, lower; did you mean "upper"?',
    ]);
    expect(column({ from, constant: 'x' })).toEqual([
      'columns[0]: needs exactly one of from, constant or join',
    ]);
    expect(column({ join: [], from })).toEqual(['columns[0].join: a join needs parts']);
    expect(column({ join: [from], from })).toEqual([
      'columns[0].from: belongs to a part of the join, not beside it',
    ]);
    expect(column({ join: [{ frm: 1, from }] })).toEqual([
      'columns[0].join[0].frm: unknown key; did you mean "from"?',
    ]);
    expect(column({ constant: 'x', map: { a: 'b' } })).toEqual([
      'columns[0].map: has no meaning for a constant',
    ]);
    expect(column({ from, otherwise: 'x' })[0]).toMatch('columns[0].otherwise: says what happens');
    expect(column({ from, payments: 'first' })).toEqual([
      'columns[0].payments: order.City is no payment column',
    ]);
    expect(column({ from, separator: ';' })).toEqual([
      'columns[0].separator: needs a join, or payments: join',
    ]);
    expect(column({ from: 'order.Total', guard: true })[0]).toMatch('columns[0].guard: is for free text');
  });

  it('name formats that do not fit', () => {
    expect(column({ from: 'order.OrderDate', number: 2 })).toEqual([
      'columns[0].number: order.OrderDate is no number',
    ]);
    expect(column({ from: 'order.Total', date: 'yyyy' })).toEqual([
      'columns[0].date: order.Total is no date',
    ]);
    expect(column({ from: 'order.Total', number: { digits: 11 } })).toEqual([
      'columns[0].number.digits: at most 10 digits',
    ]);
    expect(column({ from: 'order.Total', number: 2, map: { 1: 'x' } })[0]).toMatch('map already says');
    expect(column({ from: 'order.OrderDate', date: 'DD.MM.YYYY' })).toEqual(
      ['columns[0].date: "DD" in "DD.MM.YYYY" is no date token; did you mean "dd"?'].map((line) =>
        line.replace('.date:', '.date.format:'),
      ),
    );
    expect(column({ from: 'order.OrderDate', date: "yyyy'T" })[0]).toMatch("a quote ' is not closed");
    expect(column({ from: 'order.OrderDate', date: { format: 'yyyy', zone: 'Europe/Berln' } })).toEqual([
      'columns[0].date.zone: no time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
    ]);
    expect(column({ from: 'order.ShipMethodID', map: { UPS: 'x' } })).toEqual([
      'columns[0].map.UPS: order.ShipMethodID is a number, "UPS" is none',
    ]);
    expect(column({ from: 'order.type', map: { ReturnOder: 'x' } })[0]).toMatch(
      'did you mean "ReturnOrder"?',
    );
    expect(column({ from: 'order.IsRMA', map: { yes: 'x' } })).toEqual([
      'columns[0].map.yes: order.IsRMA is 0 or 1, not "yes"',
    ]);
    expect(column({ from: 'order.Country', map: { US: 'a', us: 'b' } })).toEqual([
      'columns[0].map.us: names the same value as an entry before it',
    ]);
    expect(column({ from: 'order.OrderDate', map: { x: 'y' } })[0]).toMatch('is a date and cannot be mapped');
    expect(column({ from: 'order.City', map: {} })).toEqual(['columns[0].map: is empty']);
  });

  it('keep file-level cells apart from orders', () => {
    expect(column({ join: ['file.number', 'order.City'] })[0]).toMatch('cannot share a cell');
    expect(column({ from: 'file.number', required: true })[0]).toMatch('cannot hold one');
  });

  it('name wrong routes', () => {
    expect(when({ WarehousID: 1 })).toEqual([
      'routes[0].when.WarehousID: no column "WarehousID" in order; did you mean "WarehouseID"?',
    ]);
    expect(when({ WarehouseID: 'main' })).toEqual([
      'routes[0].when.WarehouseID: WarehouseID takes a number, got the text "main"',
    ]);
    expect(when({ Zip: 1234 })).toEqual([
      'routes[0].when.Zip: Zip is text: put 1234 in quotes (unquoted, 01234 is the number 1234)',
    ]);
    expect(when({ OrderDate: '21.11.2026' })[0]).toMatch('OrderDate takes a date, got the text "21.11.2026"');
    expect(when({ IsRMA: 'maybe' })[0]).toMatch('IsRMA takes true or false');
    expect(when({ status: 'accepted' })[0]).toMatch('did you mean "Accepted"?');
    expect(when({ type: 4 })).toEqual([
      'routes[0].when.type: expected a name, got the number 4; ids go by OrderTypeID',
    ]);
    expect(when({ City: { nott: 'x' } })).toEqual([
      'routes[0].when.City: "nott" is not one of not, prefix; did you mean "not"?',
    ]);
    expect(when({ City: { not: 'x', prefix: 'y' } })[0]).toMatch('expected a value, a list of values');
    expect(when({ City: [] })).toEqual(['routes[0].when.City: an empty list matches nothing']);
    expect(when({ City: [{}] })).toEqual(['routes[0].when.City: expected a value, got a map']);
    expect(when({ WarehouseID: { prefix: 1 } })[0]).toMatch('prefix compares text');
    expect(when({ 'line.ItemCode': 'x' })).toEqual([
      'routes[0].when.line.ItemCode: a condition here looks at order or customer columns',
    ]);
    expect(when({ lineCount: 1 })[0]).toMatch('cannot be compared');
    expect(faultsOf({ routes: [{ wen: {} }] })).toEqual([
      'routes[0].when: is missing',
      'routes[0].wen: unknown key; did you mean "when"?',
    ]);
    expect(faultsOf({ lines: { 'order.City': 'x' } })[0]).toMatch('a condition here looks at line columns');
    expect(faultsOf({ lines: [] })).toEqual(['lines: expected a map, got a list']);
  });

  it('name wrong file settings', () => {
    expect(file({ delimeter: ';' })).toEqual(['file.delimeter: unknown key; did you mean "delimiter"?']);
    expect(file({ delimiter: ':' })[0]).toMatch('file.delimiter: ":" is not one of');
    expect(file({ encoding: 'latin1' })).toEqual([
      'file.encoding: "latin1" is not one of utf-8, windows-1252',
    ]);
    expect(file({ bom: true, encoding: 'windows-1252' })[0]).toMatch(
      'file.bom: a byte order mark belongs to utf-8',
    );
    expect(file({ zone: 'Chicago' })[0]).toMatch('file.zone: no time zone "Chicago"');
    expect(file({ name: 'a_{nr}.csv' })[0]).toMatch('{nr} is no placeholder');
    expect(file({ name: 'a/{number}.csv' })[0]).toMatch('contains "/"');
    expect(file({ name: '{date:HH:mm}_{number}' })[0]).toMatch('contains ":"');
    expect(file({ name: '{number}.part' })[0]).toMatch('files under way');
    expect(file({ name: '{number' })[0]).toMatch('a brace without its partner');
    expect(file({ name: '.{number}' })[0]).toMatch('begins or ends with a point');
    expect(file({ name: `${'x'.repeat(150)}{number}` })[0]).toMatch('longer than 150');
    const lacking = { file: { encoding: 'windows-1252' }, columns: [{ name: 'Łódź', constant: '日' }] };
    expect(faultsOf(lacking)).toEqual([
      'columns[0].name: "Ł" does not exist in windows-1252',
      'columns[0].constant: "日" does not exist in windows-1252',
    ]);
    expect(column({ constant: 'a\nb' })[0]).toMatch('control characters or newlines');
  });

  it('name wrong waves, deliveries and manifests', () => {
    expect(faultsOf({ wave: { cutoffs: [] } })).toEqual([
      'wave.cutoffs: unknown key; did you mean "cutOffs"?',
    ]);
    expect(faultsOf({ wave: { cutOffs: ['24:00'] } })[0]).toMatch(
      'wave.cutOffs[0]: a cut-off is a local time',
    );
    expect(faultsOf({ wave: { cutOffs: ['11:00', '11:00'] } })).toEqual(['wave.cutOffs: names a time twice']);
    expect(faultsOf({ wave: { coolingOff: '30 minutes' } })[0]).toMatch(
      'wave.coolingOff: a duration such as',
    );
    expect(faultsOf({ wave: { coolingOff: 30 } })[0]).toMatch('wave.coolingOff: a duration such as');
    expect(faultsOf({ wave: { maxOrders: 0 } })).toEqual(['wave.maxOrders: a file has at least 1 order']);
    expect(faultsOf({ wave: { zone: 'Mars' } })[0]).toMatch('wave.zone: no time zone "Mars"');
    expect(faultsOf({ delivery: { folder: '' } })[0]).toMatch('delivery.folder: a path');
    expect(faultsOf({ delivery: { sftp: 'x', folder: 'y' } })).toEqual(['delivery.sftp: unknown key']);
    expect(faultsOf({ manifest: 'bfore' })[0]).toMatch('did you mean "before"?');
    expect(faultsOf({ printed: 'accepted' })[0]).toMatch(
      'printed: "accepted" is not known; an order counts as Printed when it is handed-over',
    );
    expect(faultsOf({ printed: 'acknowledged' })).toEqual([
      'printed: acknowledged needs confirmations, which have the answers',
    ]);
    expect(faultsOf({ answerWithin: '4h' })).toEqual(['answerWithin: goes with printed: acknowledged alone']);
    expect(faultsOf({ answerWithin: 'soon' })[0]).toMatch('answerWithin: a duration such as');
    expect(faultsOf({ name: 'Atlas One' })[0]).toMatch('name: a name has lower-case letters');
  });

  it('name wrong labels', () => {
    const from = 'order["Label"]';
    const labels = (more: object) => faultsOf({ labels: { from, name: 'LBL_{order}_{number}', ...more } });
    expect(labels({ name: 'LBL_{number}' })[0]).toMatch('labels.name: "LBL_{number}" needs {order}');
    expect(labels({ name: 'LBL_{order}' })[0]).toMatch('labels.name: "LBL_1234567890" needs {number}');
    expect(labels({ from: 'order.Label' })[0]).toMatch(
      'labels.from: no column "Label" in order; a column of your own database is written order["Label"]',
    );
    expect(labels({ from: 'line.ItemCode' })[0]).toMatch('a label is in a column of the order');
    expect(labels({ maxPages: 0 })[0]).toMatch('labels.maxPages');
    expect(labels({ page: { width: 4, height: 6 } })[0]).toMatch('labels.page.width: millimetres, from 20');
    expect(labels({ kind: 'pdf' })).toEqual(['labels.kind: unknown key']);
    const inFolder = (file: string) => labels({ from: { folder: '../labels', file } })[0];
    expect(inFolder('L-{order.OrderID}.pdf')).toBeUndefined();
    expect(inFolder('label.pdf')).toMatch('labels.from.file: "label.pdf" needs a column of the order');
    expect(inFolder('../{order.OrderID}.pdf')).toMatch('is a name in the folder, and no path');
    expect(inFolder('{order.OrderId}.pdf')).toMatch('labels.from.file: no column "OrderId" in order');
    expect(inFolder('{line.ItemCode}.pdf')).toMatch('"{line.ItemCode}": a name has columns of the order');
    expect(inFolder('{order.OrderID.pdf')).toMatch('is a name in the folder, and no path');
    const mail = { to: ['dock@atlas.example'] };
    expect(labels({ deliver: 'mail', mail })).toEqual([]);
    expect(labels({ deliver: 'post' })[0]).toMatch('labels.deliver: "post" is not known');
    expect(labels({ deliver: 'mail' })).toEqual(['labels.mail: is missing; deliver: mail needs it']);
    expect(labels({ mail })).toEqual(['labels.mail: goes with deliver: mail alone']);
    expect(labels({ deliver: 'mail', mail: { to: ['dock'] } })[0]).toMatch(
      'labels.mail.to[0]: "dock" is no address such as dock@example.com',
    );
    expect(labels({ deliver: 'mail', mail: { ...mail, subject: 'Label' } })[0]).toMatch(
      'labels.mail.subject: "Label" needs {order}',
    );
    expect(labels({ deliver: 'mail', mail: { ...mail, subject: '{order} {city}' } })[0]).toMatch(
      'labels.mail.subject: "{city}" is not known; a subject has {order} and {number}',
    );
  });

  it('name sections and columns that do not go together', () => {
    const header = [{ name: 'T', constant: 'H' }];
    expect(faultsOf({ header })).toEqual(['header: does not go with row: line, which has columns']);
    expect(faultsOf({ columns: undefined })).toEqual(['columns: is missing']);
    expect(faultsOf({ columns: [] })).toEqual(['columns: needs at least one column']);
    expect(faultsOf({ row: 'order', columns: [{ name: 'S', from: 'line.ItemCode' }] })[0]).toMatch(
      'columns[0].from: line columns have no place in a record that is written once per order',
    );
    const items = { max: 2, columns: [{ name: 'SKU', from: 'line.ItemCode' }] };
    expect(faultsOf({ row: 'order', items })).toContain(
      'items.columns[0].name: "SKU" needs {n}, the number of the line',
    );
    expect(faultsOf({ row: 'order', items: { ...items, more: 'drop' } })[0]).toMatch(
      'items.more: "drop" is not one of hold',
    );
    const twice = [
      { name: 'A', constant: '1' },
      { name: 'A', constant: '2' },
    ];
    expect(faultsOf({ columns: twice })).toEqual(['columns: two columns are named "A"']);
    const details = [{ name: 'T', constant: 'H' }];
    const records = { row: 'header-details', columns: undefined, header, details };
    expect(faultsOf(records)).toEqual(['details[0].constant: "H" marks the header records too']);
    expect(faultsOf({ ...records, details: [{ name: 'S', from: 'line.ItemCode' }] })[0]).toMatch(
      'details[0]: the first column',
    );
    expect(faultsOf({ ...records, file: { header: true } })[0]).toMatch(
      'file.header: header and detail records',
    );
  });
});

describe('defaults', () => {
  it('are filled in', () => {
    const value = {
      name: 'a',
      routes: [{ when: {} }],
      delivery: { folder: 'x' },
      file: { name: '{number}' },
      row: 'line',
    };
    const template = parseTemplate({ ...value, columns: [{ name: 'A', constant: 'x' }] }, 'a.yaml');
    expect(template.wave).toEqual({
      cutOffs: [],
      zone: 'America/Chicago',
      coolingOffMs: 0,
      maxOrders: 10_000,
    });
    expect(template.file).toMatchObject({
      delimiter: ',',
      quoting: 'minimal',
      header: true,
      encoding: 'utf-8',
    });
    expect(template.manifest).toBe('before');
    const wave = (coolingOff: unknown) =>
      parseTemplate({ ...value, columns: [{ name: 'A', constant: 'x' }], wave: { coolingOff } }, 'a').wave
        .coolingOffMs;
    expect(['30s', '30m', '1h', '1d', '0', 0].map(wave)).toEqual([
      30_000, 1_800_000, 3_600_000, 86_400_000, 0, 0,
    ]);
  });
});
