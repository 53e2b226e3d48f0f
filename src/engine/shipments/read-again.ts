import { faultOf, type KeptFault } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { readLine } from '../inbox/read-rows.js';
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

/** Reads a row that could not be used once more, from the copy in the archive; undefined when it is none any more. */
export async function readAgain(context: EngineContext, key: string): Promise<ReadAgain | undefined> {
  const [, fileId = '', line = ''] = FAULT_KEY.exec(key) ?? [];
  const { database, config } = context;
  const fault = await faultOf(database, Number(fileId), Number(line));
  if (fault === undefined) return undefined;
  const { three_pl: threePl, file_id } = fault;
  const files = config.threePls.find(({ name }) => name === threePl)?.confirmations?.files;
  const kind = files?.find(({ name }) => name === fault.kind);
  if (kind === undefined) return { fault, row: null };
  const read = await readLine({ context, threePl }, fault, kind, fault.line);
  if (read === null) return { fault, row: null };
  const [row = null] = await resolveRows(database, { threePl, fileId: file_id, kind }, [read]);
  return { fault, row };
}
