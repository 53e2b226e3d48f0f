import { createWriteStream } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { codeOf, messageOf, OrderferryError, UsageError } from '../../core/errors.js';
import { maskReason } from '../../core/personal.js';
import type { EngineContext } from '../../engine/context.js';
import { type Entry, type EntryFilter, entryPages } from '../../engine/persons/entries.js';
import { guardFormula } from '../../transform/three-pl/text-cell.js';
import type { Redactor } from '../redaction.js';

export interface ExportTo {
  readonly format: 'csv' | 'jsonl';
  /** Null: standard output. */
  readonly file: string | null;
  readonly stdout: Writable;
  readonly redactor: Redactor;
}

const COLUMNS = [
  'order',
  'state',
  'code',
  'reason',
  'pipeline',
  'target',
  'first_seen_utc',
  'last_seen_utc',
  'times',
  'batch',
  'next',
] as const;

/**
 * Writes the error list as CSV (UTF-8, CRLF, with a header; text that a spreadsheet would take for a formula gets an
 * apostrophe) or as a JSON object per line. A page at a time: as much memory for a hundred thousand entries as for ten.
 * Returns how many were written.
 */
export async function exportEntries(
  context: EngineContext,
  filter: EntryFilter,
  to: ExportTo,
): Promise<number> {
  let written = 0;
  async function* records(): AsyncGenerator<Record<string, string | number | null>> {
    for await (const page of entryPages(context, filter)) {
      for (const entry of page) {
        yield recordOf(entry, to.redactor);
        written++;
      }
    }
  }
  const target =
    to.file === null ? kept(to.stdout) : createWriteStream(to.file, { flags: 'wx', mode: 0o600 });
  try {
    if (to.format === 'csv') {
      const csv = stringify({ header: true, columns: [...COLUMNS], record_delimiter: '\r\n' });
      await pipeline(Readable.from(guarded(records())), csv, target);
    } else await pipeline(Readable.from(lines(records())), target);
  } catch (error) {
    if (error instanceof OrderferryError) throw error;
    if (to.file !== null)
      throw new UsageError(`--out ${to.file}: ${messageOf(error)}; nothing is overwritten`);
    // The reader has what it wanted: orderferry errors export | head
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return written;
}

function recordOf(entry: Entry, redactor: Redactor): Record<string, string | number | null> {
  return {
    order: entry.item_key,
    state: entry.state,
    code: entry.code,
    reason: redactor.text(maskReason(entry.reason)),
    pipeline: entry.pipeline,
    target: entry.target,
    first_seen_utc: entry.first_utc,
    last_seen_utc: entry.settled_utc,
    times: entry.times,
    batch: entry.batch_id,
    next: entry.next,
  };
}

async function* guarded(records: AsyncIterable<Record<string, string | number | null>>) {
  for await (const record of records) {
    yield Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        typeof value === 'string' ? guardFormula(value) : value,
      ]),
    );
  }
}

async function* lines(records: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** Standard output, which stays open. */
function kept(stdout: Writable): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      stdout.write(chunk, (error) => done(error));
    },
  });
}
