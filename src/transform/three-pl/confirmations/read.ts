import iconv from 'iconv-lite';
import { NotReadable, type ReadRow } from '../../../core/confirmation.js';
import { counted } from '../../../core/text.js';
import { Unpacked } from './bytes.js';
import { headerPlaces, type Layout, numberPlaces } from './places.js';
import { wordOf } from './record-kinds.js';
import { type BrokenLine, type FileRecord, RecordSplitter } from './records.js';
import { faultyRow, type RowReader, rowReader, shown } from './row.js';
import type { ConfirmationKind } from './section.js';

/** Rows that are given at a time. */
const PAGE = 200;

/** Reads files of one kind. */
export function fileReader(
  kind: ConfirmationKind,
): (bytes: AsyncIterable<Uint8Array>) => AsyncGenerator<readonly ReadRow[], void, undefined> {
  const row = rowReader(kind.columns, kind.format);
  return (bytes) => new Reading(kind, row).pages(bytes);
}

/** One file on its way through. Holds one page of rows and the text of a few records. */
class Reading {
  private readonly splitter: RecordSplitter;
  private layout: Layout | null;
  private page: ReadRow[] = [];
  private isFirstPage = true;
  /** Since the beginning, or since the last end record. */
  private count = { rows: 0, records: 0 };
  private endIsDue: boolean;

  constructor(
    private readonly kind: ConfirmationKind,
    private readonly row: RowReader,
  ) {
    const { delimiter, quote, skip, header } = kind.format;
    this.layout = header ? null : numberPlaces(kind);
    this.endIsDue = kind.end !== null;
    this.splitter = new RecordSplitter(delimiter, quote, skip, (fields) => this.widthFault(fields) === null);
  }

  async *pages(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly ReadRow[], void, undefined> {
    const { encoding } = this.kind.format;
    const unpacked = new Unpacked(bytes);
    const decoder = iconv.getDecoder(encoding);
    let begun = false;
    for await (const piece of unpacked.pieces()) {
      if (!begun) refuseUtf16(piece, encoding);
      begun = true;
      this.splitter.push(decoder.write(Buffer.from(piece)));
      yield* this.takeRecords();
    }
    this.splitter.push(decoder.end() ?? '');
    this.splitter.end();
    yield* this.takeRecords(unpacked.cut);
    this.noteEnd(unpacked.cut);
    if (this.layout === null) throw new NotReadable('NOT_CSV', 'is empty: it has not even a header');
    if (this.page.length > 0) yield this.given();
  }

  private *takeRecords(cut = false): Generator<readonly ReadRow[], void, undefined> {
    for (let record = this.splitter.next(); record !== null; record = this.splitter.next()) {
      const row = 'broken' in record ? this.brokenLine(record, cut) : this.record(record, cut);
      if (row !== null) this.page.push(row);
      if (this.page.length >= PAGE) yield this.given();
    }
  }

  private given(): readonly ReadRow[] {
    const { page } = this;
    if (this.isFirstPage) this.refuseNoise(page);
    this.isFirstPage = false;
    this.page = [];
    return page;
  }

  private brokenLine({ line, broken, raw, ended }: BrokenLine, cut: boolean): ReadRow {
    if (this.layout === null) {
      throw new NotReadable('MISSING_COLUMN', `its header, line ${line}, cannot be read: ${broken}`);
    }
    this.count.rows++;
    this.count.records++;
    return faultyRow(line, [!ended && cut ? CUT : { code: 'MALFORMED', fault: broken }], raw);
  }

  private record(record: FileRecord, cut: boolean): ReadRow | null {
    const { fields, line, raw } = record;
    if (fields.every((field) => field.trim() === '')) return null;
    const { layout } = this;
    this.count.records++;
    if (layout === null) {
      this.layout = headerPlaces(this.kind, record);
      return null;
    }
    const { end, records } = this.kind;
    if (end !== null && wordOf(fields[Number(end.column) - 1] ?? '') === end.is)
      return this.endRecord(record);
    if (raw === layout.header) return null; // of a file that was made of several
    if (end !== null) this.endIsDue = true;
    // What comes last without a line end may be half of it, where the file does not show its end.
    if (!record.ended && (cut || end !== null)) {
      this.count.rows++;
      return faultyRow(line, [CUT], raw);
    }
    if (records !== null) {
      const word = wordOf(fields[layout.places(records.column)] ?? '');
      if (records.skip.includes(word)) return null;
      if (!records.take.includes(word)) {
        const fault = `${shown(records.column)} says ${JSON.stringify(word.slice(0, 60))}, which is no kind of record of the template`;
        return faultyRow(line, [{ code: 'UNKNOWN_RECORD', fault }], raw);
      }
    }
    this.count.rows++;
    const fault = this.widthFault(fields);
    if (fault !== null) return faultyRow(line, [fault], raw);
    return this.row(fields, line, raw, layout.places);
  }

  private endRecord({ line, fields, raw }: FileRecord): ReadRow | null {
    const { end } = this.kind;
    const found = end?.counts === 'records' ? this.count.records : this.count.rows;
    this.count = { rows: 0, records: 0 };
    this.endIsDue = false;
    if (end === null || end.count === null) return null;
    const said = (fields[Number(end.count) - 1] ?? '').trim();
    if (/^\d{1,9}$/.test(said) && Number(said) === found) return null;
    const fault = `the end record says ${JSON.stringify(said.slice(0, 60))} ${end.counts}, there are ${found}: some are missing, or it was cut`;
    return faultyRow(line, [{ code: 'TRUNCATED', fault }], raw);
  }

  /** What is wrong with the end of the file, on the line after its last. */
  private noteEnd(cut: boolean): void {
    const line = this.splitter.lines;
    if (cut) this.page.push(faultyRow(line, [CUT], ''));
    else if (this.layout !== null && this.endIsDue) {
      const fault = 'the file has no end record: it was cut, or its last rows are missing';
      this.page.push(faultyRow(line, [{ code: 'TRUNCATED', fault }], ''));
    }
  }

  /** Why the cells of a record are not those of a row, or null. */
  private widthFault(fields: readonly string[]): { readonly code: string; readonly fault: string } | null {
    if (this.layout === null) return null;
    const { least, most } = this.layout;
    if (fields.length < least) {
      return { code: 'SHORT_ROW', fault: `has ${counted(fields.length, 'cell')}, a row has ${least}` };
    }
    if (fields.length <= most) return null;
    const fault = `has ${counted(fields.length, 'cell')}, the header has ${most}: a quote is missing, or a delimiter too many`;
    return { code: 'LONG_ROW', fault };
  }

  /** Without a header anything could be a file of this kind: one whose rows all have not even its cells is none. */
  private refuseNoise(page: readonly ReadRow[]): void {
    if (this.kind.format.header) return;
    const noise = page.every((row) => 'faulty' in row && NOISE.includes(row.faulty.code));
    const [first] = page;
    if (!noise || first === undefined || !('faulty' in first)) return;
    throw new NotReadable(
      'NOT_CSV',
      `is no file of kind ${this.kind.name}: none of its first ${counted(page.length, 'row')} can be read (line ${first.faulty.line}: ${first.faulty.fault})`,
    );
  }
}

const CUT = { code: 'TRUNCATED', fault: 'the file is cut off here' };

/** Faults of what is no row at all. */
const NOISE = ['MALFORMED', 'SHORT_ROW', 'UNDECODABLE', 'UNKNOWN_RECORD', 'TRUNCATED'];

function refuseUtf16(start: Uint8Array, encoding: string): void {
  const mark = (start[0] ?? 0) * 256 + (start[1] ?? 0);
  const found = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : null;
  if (found === null || encoding === found) return;
  throw new NotReadable(
    'NOT_TEXT',
    `begins as ${found}, and the template says ${encoding}: set format.encoding to ${found}`,
  );
}
