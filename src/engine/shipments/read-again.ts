import { faultOf, type KeptFault } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { readLines } from '../inbox/read-rows.js';
import { type Resolved, resolveRows } from '../inbox/resolve-rows.js';

/** A faulty row of a 3PL's file, by the key of its item: `inbox/<file>/<line>`. */
const FAULT_KEY = /^inbox\/(\d+)\/(\d+)$/;

export function isFaultKey(text: string): boolean {
  return FAULT_KEY.test(text);
}

export interface ReadAgain {
  readonly fault: KeptFault;
  /** As the template of today reads it; null: it has no such kind of file, or no such line, any more. */
  readonly row: Resolved | null;
}

/**
 * Reads rows that could not be used once more, from the copies in the archive, each of which is read once. By key; undefined for
 * a row that is a faulty one no more.
 */
export async function readAgain(
  context: EngineContext,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReadAgain | undefined>> {
  const read = new Map<string, ReadAgain | undefined>();
  const files = new Map<number, Map<string, KeptFault>>();
  for (const key of keys) {
    const [, fileId = '', line = ''] = FAULT_KEY.exec(key) ?? [];
    const fault = await faultOf(context.database, Number(fileId), Number(line));
    read.set(key, undefined);
    if (fault === undefined) continue;
    const faults = files.get(fault.file_id) ?? new Map<string, KeptFault>();
    files.set(fault.file_id, faults.set(key, fault));
  }
  for (const faults of files.values()) {
    const rows = await rowsOf(context, [...faults.values()]);
    for (const [key, fault] of faults) read.set(key, { fault, row: rows.get(fault.line) ?? null });
  }
  return read;
}

/** Rows of one file, by line. */
async function rowsOf(
  context: EngineContext,
  faults: readonly KeptFault[],
): Promise<ReadonlyMap<number, Resolved>> {
  const { database, config } = context;
  const [file] = faults;
  if (file === undefined) return new Map();
  const { three_pl: threePl, file_id: fileId } = file;
  const files = config.threePls.find(({ name }) => name === threePl)?.confirmations?.files;
  const kind = files?.find(({ name }) => name === file.kind);
  if (kind === undefined) return new Map();
  const lines = new Set(faults.map(({ line }) => line));
  const read = await readLines({ context, threePl }, file, kind, lines);
  const resolved = await resolveRows(database, { threePl, fileId, kind }, read);
  return new Map(resolved.map((row) => [row.line, row]));
}
