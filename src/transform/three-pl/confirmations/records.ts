/** A record of the file, whole. */
export interface FileRecord {
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** As it stands in the file, without its line end. */
  readonly raw: string;
  /** False for the last record of a file that does not end with a line end. */
  readonly ended: boolean;
}

/** A line that is no record. */
export interface BrokenLine {
  readonly line: number;
  readonly broken: string;
  readonly raw: string;
  readonly ended: boolean;
}

/** Most characters of a record. The longest real one seen has under 2,000. */
export const MOST_CHARACTERS = 65_536;
/** Most lines of a record: a cell with a letter in it has some tens. */
const MOST_LINES = 200;

type Quoted =
  | { readonly kind: 'more' }
  | { readonly kind: 'broken'; readonly reason: string }
  | {
      readonly kind: 'record';
      readonly fields: readonly string[];
      readonly end: LineEnd | null;
      readonly lines: number;
    };

interface LineEnd {
  /** Of the last character before it. */
  readonly at: number;
  readonly next: number;
}

/**
 * Splits text into CSV records. Lines end with CRLF, LF or CR; a quoted cell may have line ends in it.
 *
 * Written by hand because a quote that is never closed must cost its own line and no other. A CSV parser that is fed a
 * stream reads on for the partner of such a quote, and gives up the file or the rest of it; here a record over several
 * lines that does not come out right (text after a closing quote, too long, the end of the file, not the number of
 * cells a row has) is given up as its first line alone, and reading goes on with the next line.
 */
export class RecordSplitter {
  private buffer = '';
  private at = 0;
  private line = 1;
  private final = false;
  private readonly found = { '\r': -1, '\n': -1, quote: -1 };

  /**
   * `quote`: null for files that quote nothing. `skip`: lines that are passed over. `fits`: whether a record over several
   * lines has the cells of a row.
   */
  constructor(
    private readonly delimiter: string,
    private readonly quote: string | null,
    private skip: number,
    private readonly fits: (fields: readonly string[]) => boolean,
  ) {}

  push(text: string): void {
    this.buffer = this.at === 0 ? this.buffer + text : this.buffer.slice(this.at) + text;
    this.at = 0;
    this.found['\r'] = this.found['\n'] = this.found.quote = -1;
  }

  /** No more text comes: what is left is the last record. */
  end(): void {
    this.final = true;
  }

  /** How many lines were begun so far. */
  get lines(): number {
    return this.line;
  }

  /** The next record, or null: more text is needed, or the end is reached. */
  next(): FileRecord | BrokenLine | null {
    while (this.skip > 0) if (!this.skipLine()) return null;
    if (this.at >= this.buffer.length) return null;
    const end = this.lineEnd(this.at);
    const last = end === null ? this.buffer.length : end.at;
    if (this.quote === null || this.nextOf('quote', this.quote, this.at) >= last) {
      if (end === null && !this.final) return this.tooLong();
      const raw = this.buffer.slice(this.at, last);
      if (raw.length > MOST_CHARACTERS) return this.giveUp(end, TOO_LONG);
      return this.take(end, raw.split(this.delimiter), 1);
    }
    const quoted = this.quoted(this.quote);
    if (quoted.kind === 'record') return this.take(quoted.end, quoted.fields, quoted.lines);
    if (quoted.kind === 'more') return null;
    if (end === null && !this.final) return this.tooLong();
    return this.giveUp(end, quoted.reason);
  }

  private take(end: LineEnd | null, fields: readonly string[], lines: number): FileRecord {
    const raw = this.buffer.slice(this.at, end === null ? this.buffer.length : end.at);
    const record = { line: this.line, fields, raw, ended: end !== null };
    this.at = end === null ? this.buffer.length : end.next;
    this.line += lines;
    return record;
  }

  private giveUp(end: LineEnd | null, reason: string): BrokenLine {
    const { line, raw, ended } = this.take(end, [], 1);
    return { line, broken: reason, raw, ended };
  }

  /** A line without an end in sight. */
  private tooLong(): BrokenLine | null {
    if (this.buffer.length - this.at <= MOST_CHARACTERS) return null;
    this.skip = 1; // its rest
    const raw = this.buffer.slice(this.at, this.at + MOST_CHARACTERS);
    return { line: this.line, broken: TOO_LONG, raw, ended: true };
  }

  /** False while the line goes on. */
  private skipLine(): boolean {
    const end = this.lineEnd(this.at);
    if (end === null && this.at >= this.buffer.length) return false;
    if (end === null && !this.final) {
      const { length } = this.buffer;
      this.at = this.buffer.endsWith('\r') ? length - 1 : length; // it may be half of a CRLF
      return false;
    }
    this.at = end === null ? this.buffer.length : end.next;
    this.line++;
    this.skip--;
    return true;
  }

  /** Null: none in what there is. */
  private lineEnd(from: number): LineEnd | null {
    const cr = this.nextOf('\r', '\r', from);
    const lf = this.nextOf('\n', '\n', from);
    if (lf < cr) return { at: lf, next: lf + 1 };
    if (cr >= this.buffer.length || (cr + 1 === this.buffer.length && !this.final)) return null;
    return { at: cr, next: lf === cr + 1 ? cr + 2 : cr + 1 };
  }

  /** Position of a character, or the length of the text; kept, so that a text without any CR is searched once. */
  private nextOf(kind: keyof RecordSplitter['found'], character: string, from: number): number {
    let at = this.found[kind];
    if (at < from) {
      const found = this.buffer.indexOf(character, from);
      at = this.found[kind] = found < 0 ? this.buffer.length : found;
    }
    return at;
  }

  /** A record that has quotes, from where the reader stands. */
  private quoted(quote: string): Quoted {
    const { buffer, delimiter } = this;
    const stop = Math.min(buffer.length, this.at + MOST_CHARACTERS);
    const fields: string[] = [];
    let lines = 1;
    let stray = false;
    let at = this.at;
    for (;;) {
      let cell: string;
      if (buffer[at] === quote) {
        cell = '';
        let from = at + 1;
        for (;;) {
          const close = buffer.indexOf(quote, from);
          if (close < 0 || close >= stop) return this.unclosed(stop, lines);
          lines += lineEndsIn(buffer, from, close);
          if (lines > MOST_LINES) return { kind: 'broken', reason: UNCLOSED };
          cell += buffer.slice(from, close);
          from = close + 1;
          if (buffer[from] !== quote) break;
          cell += quote;
          from++;
        }
        at = from;
        if (at >= buffer.length && !this.final) return this.unclosed(stop, lines);
        const after = buffer[at];
        if (after !== undefined && after !== delimiter && after !== '\r' && after !== '\n') {
          return { kind: 'broken', reason: 'there is text after a closing quote, or a quote is missing' };
        }
      } else {
        const from = at;
        while (at < stop) {
          const one = buffer[at];
          if (one === delimiter || one === '\r' || one === '\n') break;
          if (one === quote) stray = true;
          at++;
        }
        if (at >= stop && !(this.final && stop === buffer.length)) return this.unclosed(stop, lines);
        cell = buffer.slice(from, at);
      }
      fields.push(cell);
      if (at < buffer.length && buffer[at] === delimiter) {
        at++;
        continue;
      }
      const end = at >= buffer.length ? null : endAt(buffer, at, this.final);
      if (end === undefined) return this.unclosed(stop, lines);
      // Within one line a quote in the middle of a cell is a character like others: 5" pipe.
      if (lines > 1 && (stray || !this.fits(fields))) return { kind: 'broken', reason: UNCLOSED };
      return { kind: 'record', fields, end, lines };
    }
  }

  /** The record is not over where the text, or the room for one, ends. */
  private unclosed(stop: number, lines: number): Quoted {
    if (this.final || stop < this.buffer.length || lines > MOST_LINES) {
      return { kind: 'broken', reason: UNCLOSED };
    }
    return { kind: 'more' };
  }
}

const UNCLOSED = 'a quote is opened and not closed';
const TOO_LONG = `is longer than ${MOST_CHARACTERS} characters`;

/** The line end at a position; undefined: it may be half of a CRLF. */
function endAt(text: string, at: number, final: boolean): LineEnd | undefined {
  if (text[at] === '\n') return { at, next: at + 1 };
  if (at + 1 >= text.length && !final) return undefined;
  return { at, next: text[at + 1] === '\n' ? at + 2 : at + 1 };
}

function lineEndsIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) count++;
  }
  return count;
}
