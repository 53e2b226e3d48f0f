import { maskFields, maskReason, maskText } from '../../core/personal.js';
import { actsOfItems } from '../../queue/reads/acts.js';
import { readDocuments } from '../../queue/reads/documents.js';
import { itemsOfKey, itemsOfOrder } from '../../queue/reads/orders.js';
import { faultOf } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { archivePath } from '../inbox/archive.js';
import type { Entry } from './entries.js';

/** What was done outward for an entry so far. */
export interface EntryAct {
  readonly step: string;
  readonly generation: number;
  readonly state: string;
  readonly attempts: number;
  readonly next_try_utc: string | null;
  readonly file: string | null;
  /** What is sent, without personal data; null where it is not kept, or is a file. */
  readonly sent: unknown;
  /** What came back, or what went wrong. */
  readonly answered: string | null;
}

export interface EntryDetails {
  readonly acts: readonly EntryAct[];
  /** What came in, without personal data: a marketplace order's document. */
  readonly received: unknown;
  /** The copy of the 3PL's file that a row stands in, below the state directory, and its line. */
  readonly copy: { readonly path: string; readonly line: number } | null;
}

const FAULT_KEY = /^inbox\/(\d+)\/(\d+)$/;

/** What was sent and answered, and what came in; personal data are hidden. */
export async function entryDetails(context: EngineContext, entry: Entry): Promise<EntryDetails> {
  const { database } = context;
  const { order_id, item_key, pipeline, change_set_id } = entry;
  const items =
    order_id === null ? await itemsOfKey(database, item_key) : await itemsOfOrder(database, order_id);
  const own = items.filter((item) => item.pipeline === pipeline).map(({ item_id }) => item_id);
  const acts = (await actsOfItems(database, own)).map(
    (act): EntryAct => ({
      step: act.step,
      generation: act.generation,
      state: act.state,
      attempts: act.attempts,
      next_try_utc: act.next_try_utc,
      file: act.file_name,
      sent: act.request === null || act.request === '' ? null : maskFields(JSON.parse(act.request)),
      answered: masked(act.last_error ?? act.receipt),
    }),
  );
  const isDocument = order_id === null && /^[^/]+\/[^/]+$/.test(item_key);
  const [read] = isDocument
    ? await readDocuments(database, [{ changeSetId: change_set_id, key: item_key }])
    : [];
  return {
    acts,
    received: read?.document == null ? null : maskFields(JSON.parse(read.document.json)),
    copy: await copyOf(context, item_key),
  };
}

async function copyOf({ database }: EngineContext, key: string): Promise<EntryDetails['copy']> {
  const [, fileId, line] = FAULT_KEY.exec(key) ?? [];
  if (fileId === undefined) return null;
  const fault = await faultOf(database, Number(fileId), Number(line));
  return fault === undefined ? null : { path: archivePath(fault.three_pl, fault), line: fault.line };
}

function masked(text: string | null): string | null {
  return text === null ? null : maskText(maskReason(text));
}
