import { createReadStream } from 'node:fs';
import { codeOf, messageOf, UsageError } from '../core/errors.js';
import {
  type BrokenLine,
  type FileRecord,
  RecordSplitter,
} from '../transform/three-pl/confirmations/records.js';

/** Bytes read at a time. */
const PIECE = 64 * 1024;

/**
 * The records of a CSV file that a person gives, one after the other; of UTF-8 with or without a byte order mark. Memory holds
 * a piece of the file. Empty lines are left out. Throws UsageError for a file that cannot be read, or is no UTF-8.
 */
export async function* csvRecords(
  file: string,
  delimiter: string,
  encoding: 'utf-8' | 'windows-1252' = 'utf-8',
): AsyncGenerator<FileRecord | BrokenLine, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const splitter = new RecordSplitter(delimiter, '"', 0, () => true);
  function* ready(): Generator<FileRecord | BrokenLine, void, undefined> {
    for (let record = splitter.next(); record !== null; record = splitter.next()) {
      if ('broken' in record || record.fields.some((field) => field.trim() !== '')) yield record;
    }
  }
  try {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE })) {
      splitter.push(decoder.decode(piece as Uint8Array, { stream: true }));
      yield* ready();
    }
    splitter.push(decoder.decode());
    splitter.end();
    yield* ready();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new UsageError(`${file} is no UTF-8; save it as UTF-8 and repeat the command`, { cause: error });
    }
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') {
      throw new UsageError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    throw error;
  }
}
