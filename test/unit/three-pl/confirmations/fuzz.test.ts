import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type ConfirmationFile,
  type ConfirmationRow,
  NotReadable,
  type ReadRow,
} from '../../../../src/core/confirmation.js';
import {
  atlasShipments,
  below,
  borealisReport,
  type Chance,
  chanceOf,
  type MadeFile,
  type MadeRecord,
  type Mutation,
  mutated,
  oneOf,
} from './random-files.js';
import { exampleKind, readAll } from './reading.js';

const SEED = 20_261_121;
/** Of the whole suite: 21,000 files. */
const [TEXTS, PACKED, NOISE] = [13_000, 4_000, 4_000];

const atlas = { kind: exampleKind('atlas', 'shipments'), make: atlasShipments };
const borealis = { kind: exampleKind('borealis', 'report'), make: borealisReport };

/** The rows of a file, or why it was set aside. Whatever else is thrown fails the test. */
async function read(
  kind: ConfirmationFile,
  bytes: Buffer,
  piece: number,
): Promise<readonly ReadRow[] | NotReadable> {
  try {
    return await readAll(kind, bytes, piece);
  } catch (error) {
    if (error instanceof NotReadable) return error;
    throw error;
  }
}

/** Records that the mutation did not touch, nor the line end before them. */
function untouched({ records }: MadeFile, { from, to }: Mutation): readonly MadeRecord[] {
  return records.filter((record, i) => {
    const ends = records[i - 1]?.to ?? 0;
    return record.to <= from || (record.from >= to && (i === 0 ? to === 0 && from === 0 : ends - 2 >= to));
  });
}

/** All that a row says, without its line. */
function textOf(row: Omit<ConfirmationRow, 'line'>): string {
  const { answer, reference, itemCode, quantity, tracking, carrier, shipMethodId, happened, reason } = row;
  const when = happened === null ? '' : `${happened.at} ${happened.bare}`;
  return [answer, reference, itemCode, quantity, tracking.join(), carrier, shipMethodId, when, reason].join(
    '\t',
  );
}

function expectAllOf(wanted: readonly MadeRecord[], rows: readonly ReadRow[], about: string): void {
  const found = new Set<string>();
  const lines = new Set<number>();
  for (const one of rows) {
    const line = 'row' in one ? one.row.line : one.faulty.line;
    if (lines.has(line)) expect.fail(`${about}: line ${line} is there twice`);
    lines.add(line);
    if ('row' in one) found.add(textOf(one.row));
  }
  for (const { row, line } of wanted) {
    if (row !== null && !found.has(textOf(row))) expect.fail(`${about}: the row of line ${line} is lost`);
  }
}

const pieceOf = (chance: Chance) => oneOf(chance, [1 + below(chance, 100), 4_096, 100_000]);

describe('files of 3PLs, whatever is in them', () => {
  it('never lose a good row to a fault elsewhere in the file', { timeout: 60_000 }, async () => {
    let checked = 0;
    for (let i = 0; i < TEXTS; i++) {
      const chance = chanceOf(SEED + i);
      const { kind, make } = i % 2 === 0 ? atlas : borealis;
      const file = make(chance);
      const mutation = mutated(chance, file.bytes);
      const good = untouched(file, mutation);
      const result = await read(kind, mutation.bytes, pieceOf(chance));
      const isHeadTouched = mutation.from < file.head;
      if (result instanceof NotReadable) {
        const lost = good.filter(({ row }) => row !== null).length;
        if (lost > 0 && !isHeadTouched) expect.fail(`file ${i}: ${result.message}, with ${lost} good rows`);
      } else {
        // A header with a column less, or more, makes other rows of all.
        if (isHeadTouched && kind === atlas.kind) expectAllOf([], result, `file ${i}`);
        else expectAllOf(good, result, `file ${i}`);
        checked += isHeadTouched ? 0 : good.length;
      }
    }
    expect(checked).toBeGreaterThan(TEXTS * 5);
  });

  it('that are packed give the rows before the place where they are cut', { timeout: 60_000 }, async () => {
    let checked = 0;
    for (let i = 0; i < PACKED; i++) {
      const chance = chanceOf(SEED * 2 + i);
      const { kind, make } = i % 2 === 0 ? atlas : borealis;
      const file = make(chance);
      const packed = gzipSync(file.bytes, { level: i % 3 === 0 ? 0 : 6 });
      const isCut = i % 4 < 2;
      const bytes = isCut ? packed.subarray(0, below(chance, packed.length)) : mutated(chance, packed).bytes;
      const result = await read(kind, bytes, pieceOf(chance));
      if (result instanceof NotReadable) continue;
      const rows = result.flatMap((one) => ('row' in one ? [one.row] : []));
      if (isCut) {
        // Without packing (level 0) it is known which rows came through: 15 bytes of frames are before them.
        const whole = i % 3 === 0 ? file.records.filter(({ to }) => to + 15 <= bytes.length) : [];
        expectAllOf(whole, result, `file ${i}`);
        const real = new Set(file.records.flatMap(({ row }) => (row === null ? [] : [textOf(row)])));
        for (const row of rows)
          if (!real.has(textOf(row))) expect.fail(`file ${i}: ${row.line} is half a row`);
        if (!result.some((one) => 'faulty' in one && one.faulty.code === 'TRUNCATED')) {
          expect.fail(`file ${i}: nobody is told that it was cut`);
        }
        checked += rows.length;
      }
    }
    expect(checked).toBeGreaterThan(PACKED);
  });

  it('that are noise are read or set aside, and never end otherwise', { timeout: 60_000 }, async () => {
    const header = Buffer.from(
      'ORDER_NO,STATUS,SKU,QTY,CARRIER,SERVICE,TRACKING,TRACKING_2,SHIP_DATE,SHIP_TIME,NOTE\n',
    );
    for (let i = 0; i < NOISE; i++) {
      const chance = chanceOf(SEED * 3 + i);
      const alphabet = oneOf(chance, [null, Buffer.from('",\r\n;a1\0'), Buffer.from('S;"\n\ufffdE9')]);
      const noise = Buffer.from(
        Array.from({ length: below(chance, 600) }, () =>
          alphabet === null ? below(chance, 256) : oneOf(chance, [...alphabet]),
        ),
      );
      const bytes = i % 2 === 0 ? Buffer.concat([header, noise]) : noise;
      const result = await read(
        i % 2 === 0 ? atlas.kind : oneOf(chance, [atlas, borealis]).kind,
        bytes,
        pieceOf(chance),
      );
      if (!(result instanceof NotReadable)) expectAllOf([], result, `file ${i}`);
    }
  });
});
