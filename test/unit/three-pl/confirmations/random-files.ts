import iconv from 'iconv-lite';
import type { ConfirmationRow } from '../../../../src/core/confirmation.js';

/** Numbers from 0 to below 1, the same for the same seed. */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const below = (chance: Chance, most: number): number => Math.floor(chance() * most);
export const oneOf = <T>(chance: Chance, values: readonly T[]): T =>
  values[below(chance, values.length)] as T;

/** A record of a file that was made up, with what it must be read as. */
export interface MadeRecord {
  /** Bytes [from, to), the line end included. */
  readonly from: number;
  readonly to: number;
  readonly line: number;
  /** Null: a header, or a record that says nothing of an order. */
  readonly row: Omit<ConfirmationRow, 'line'> | null;
}

export interface MadeFile {
  readonly bytes: Buffer;
  readonly records: readonly MadeRecord[];
  /** What must stand for the file to be one of its kind. */
  readonly head: number;
}

type Cells = readonly string[];
interface Made {
  readonly cells: Cells;
  readonly row: Omit<ConfirmationRow, 'line'> | null;
}

const NOTES = [
  '',
  '',
  'left at door',
  'said "no", twice',
  'two\nlines',
  'Größe L, rot',
  '5" pipe',
  "O'Neil",
  'é à ç',
];

/** A file of the shipments of Atlas, as its template has it. */
export function atlasShipments(chance: Chance): MadeFile {
  const header =
    'ORDER_NO,STATUS,SKU,QTY,CARRIER,SERVICE,TRACKING,TRACKING_2,SHIP_DATE,SHIP_TIME,NAME,NOTE'.split(',');
  const rows = Array.from({ length: 1 + below(chance, 25) }, (_, i): Made => {
    const [reason, tracking] = [oneOf(chance, NOTES), `1Z${i}X${below(chance, 1_000_000)}`];
    const day = 1 + below(chance, 28);
    const cells = [
      ...[String(100_000 + i), oneOf(chance, ['SHIPPED', 'Shipped', 'shipped']), `SKU-${i}`, `${i + 1}.50`],
      ...[oneOf(chance, ['UPS', 'ups-ground', 'UPSN']), 'UPS-2DAY', tracking, ''],
      ...[`11/${String(day).padStart(2, '0')}/2026`, '12:30', oneOf(chance, NOTES), reason],
    ];
    const row = {
      answer: 'shipped',
      reference: String(100_000 + i),
      itemCode: `SKU-${i}`,
      quantity: `${i + 1}.5`,
      tracking: [tracking],
      carrier: 'UPS',
      shipMethodId: 3,
      happened: { at: Date.UTC(2026, 10, day, 18, 30), bare: false },
      reason: reason === '' ? null : reason.replaceAll('\n', ' '),
    } as const;
    return { cells, row };
  });
  return written(chance, [{ cells: header, row: null }, ...rows], ',', 'utf-8', true);
}

/** The report of Borealis before it is packed. */
export function borealisReport(chance: Chance): MadeFile {
  const rows = Array.from({ length: 1 + below(chance, 25) }, (_, i): Made => {
    const [reason, tracking] = [oneOf(chance, NOTES), `0034${i}0${below(chance, 1_000_000)}`];
    const day = 1 + below(chance, 28);
    const cells = [
      ...['S', `${oneOf(chance, ['LEJ', 'LYS'])}-${2_000 + i}`, 'VERSANDT', `TEE-${i}`, `${i},25`],
      ...[
        `${tracking}+${tracking}9`,
        'DHL-PAKET',
        `${String(day).padStart(2, '0')}.11.2026`,
        '12:30',
        reason,
      ],
    ];
    const row = {
      answer: 'shipped',
      reference: String(2_000 + i),
      itemCode: `TEE-${i}`,
      quantity: `${i}.25`,
      tracking: [tracking, `${tracking}9`],
      carrier: 'DHL',
      shipMethodId: null,
      happened: { at: Date.UTC(2026, 10, day, 11, 30), bare: false },
      reason: reason === '' ? null : reason.replaceAll('\n', ' '),
    } as const;
    return { cells, row };
  });
  const frame = (...cells: Cells): Made => ({ cells, row: null });
  const records = [frame('K', 'BOREALIS', 'LEJ'), ...rows, frame('E', String(rows.length))];
  return written(chance, records, ';', 'windows-1252', false);
}

function written(
  chance: Chance,
  all: readonly Made[],
  delimiter: string,
  encoding: string,
  header: boolean,
): MadeFile {
  const [lineEnd, everywhere] = [oneOf(chance, ['\r\n', '\n']), chance() < 0.3];
  const pieces: Buffer[] = [];
  const records: MadeRecord[] = [];
  let [at, line] = [0, 1];
  for (const { cells, row } of all) {
    const text = `${cells.map((cell) => quotedCell(cell, delimiter, everywhere)).join(delimiter)}${lineEnd}`;
    const bytes = iconv.encode(text, encoding);
    pieces.push(bytes);
    records.push({ from: at, to: at + bytes.length, line, row });
    at += bytes.length;
    line += text.split('\n').length - 1;
  }
  return { bytes: Buffer.concat(pieces), records, head: header ? (records[0]?.to ?? 0) : 8 };
}

function quotedCell(cell: string, delimiter: string, everywhere: boolean): string {
  const needed = everywhere || cell.startsWith('"') || cell.includes(delimiter) || /["\n\r]/.test(cell);
  return needed ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export interface Mutation {
  readonly bytes: Buffer;
  /** Bytes [from, to) of the file before are others, or gone, or have something between them. */
  readonly from: number;
  readonly to: number;
}

const SPECIAL = [
  '"',
  '""',
  ',"',
  ';"',
  '"\n',
  '\n',
  '\r',
  '\r\n',
  ',',
  ';',
  '\0',
  '\ufeff',
  '\ufffd',
  '\t',
  "'",
  'E;1\r\n',
];

/** Changes one region of a file. */
export function mutated(chance: Chance, bytes: Buffer): Mutation {
  const from = below(chance, bytes.length + 1);
  const kind = below(chance, 6);
  const length =
    kind === 0 || kind === 4
      ? 0
      : Math.min(bytes.length - from, 1 + below(chance, oneOf(chance, [2, 10, 200])));
  const noise = () => Buffer.from(Array.from({ length: 1 + below(chance, 30) }, () => below(chance, 256)));
  const by = [
    noise,
    noise,
    () => Buffer.alloc(0),
    () => Buffer.from(bytes.subarray(from, from + length)).reverse(),
    () => Buffer.from(oneOf(chance, SPECIAL)),
    () => Buffer.from(oneOf(chance, SPECIAL).repeat(1 + below(chance, 4))),
  ][kind];
  const piece = Buffer.from(by?.() ?? []);
  const result = Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from + length)]);
  return { bytes: result, from, to: from + length };
}
