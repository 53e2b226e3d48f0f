import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { InvariantError, messageOf } from '../../core/errors.js';
import { QUEUE_TABLE_NAMES } from '../../core/exigo-tables.js';
import { type FileEncoder, fileOf, type OrderFile, RenderError, type ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import { ColumnNotFetched } from '../../core/sources.js';
import { fromUtcText } from '../../core/time.js';
import { storedConfiguration } from '../../queue/ledger/configurations.js';
import { type FileFix, type Member, type Wave, waveMembers } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';

/**
 * Orders rendered at a time. With 500 a crossing is no faster and peaks 30 MiB higher, as the garbage collector
 * carries along what lives that long.
 */
const PAGE = 100;

/** Orders that a template turned out not to take; the wave is rendered again without them. */
export class UnrenderableMembers extends Error {
  constructor(
    readonly members: readonly { readonly itemId: number; readonly code: string; readonly reason: string }[],
  ) {
    super(`${members.length} orders cannot be rendered`);
    this.name = 'UnrenderableMembers';
  }
}

/**
 * Writes the file of a wave to a local path and returns what is fixed about it. Name and bytes follow from
 * the wave, its members' frozen rows and its stored configuration alone: the same on any day and machine.
 */
export async function renderWave(context: EngineContext, wave: Wave, path: string): Promise<FileFix> {
  const file = await open(path, 'w');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const write = async (piece: Uint8Array): Promise<void> => {
      if (piece.byteLength === 0) return;
      hash.update(piece);
      bytes += piece.byteLength;
      // A nearly full disk takes less than it was given, and says so only at the next write.
      for (let written = 0; written < piece.byteLength; )
        written += (await file.write(piece, written)).bytesWritten;
    };
    const isTable =
      (QUEUE_TABLE_NAMES as readonly string[]).includes(wave.target) && wave.step === 'table-csv';
    const counted = isTable
      ? await renderTable(context, wave, write)
      : await renderOrders(context, wave, write);
    return { ...counted, bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

type Write = (piece: Uint8Array) => Promise<void>;

async function renderOrders(context: EngineContext, wave: Wave, write: Write) {
  const kind = await fileOfWave(context, wave);
  const encoder = kind.open({ number: wave.number, plannedAt: fromUtcText(wave.planned_utc) });
  await write(encoder.head());
  let orders = 0;
  let rows = 0;
  for (let after = -1; ; ) {
    assertGoingOn(context.signal);
    const members = await waveMembers(context.database, wave.wave_id, after, PAGE);
    const last = members.at(-1);
    if (last === undefined) break;
    const keys = members.map((member) => ({
      changeSetId: member.change_set_id,
      orderId: member.order_id ?? -1,
    }));
    const encoded = await context.orders.read(keys, (page) => {
      if (page.length !== members.length) throw missing(wave, members, page);
      return encode(kind, encoder, page, members);
    });
    await write(encoded.bytes);
    orders += members.length;
    rows += encoded.rows;
    after = last.order_id ?? 0;
    context.progress('render', orders, wave.orders ?? orders);
  }
  return { orders, rows };
}

function encode(
  kind: OrderFile,
  encoder: FileEncoder,
  page: readonly Order[],
  members: readonly Member[],
): { readonly bytes: Uint8Array; readonly rows: number } {
  try {
    return encoder.orders(page);
  } catch (error) {
    if (error instanceof ColumnNotFetched || !(error instanceof RenderError)) throw error;
    // One of the page cannot be rendered with this configuration: find out which.
    const bad = page.flatMap((order, i) => {
      const problem = renderProblem(kind, order);
      return problem === null ? [] : [{ itemId: members[i]?.item_id ?? -1, ...problem }];
    });
    if (bad.length === 0) throw error;
    throw new UnrenderableMembers(bad);
  }
}

function renderProblem(
  kind: OrderFile,
  order: Order,
): { readonly code: string; readonly reason: string } | null {
  try {
    kind.render(order);
    return null;
  } catch (error) {
    if (error instanceof ColumnNotFetched) throw error;
    return { code: error instanceof RenderError ? error.code : 'RENDER_FAILED', reason: messageOf(error) };
  }
}

function missing(wave: Wave, members: readonly Member[], page: readonly Order[]): InvariantError {
  const found = new Set(page.map(({ id }) => id));
  const lost = members.map(({ order_id }) => order_id).filter((id) => id !== null && !found.has(id));
  return new InvariantError(
    `file ${wave.file_name}: the frozen rows of order ${lost.join(', ')} are not kept any more; nothing was written`,
  );
}

/** The 3PL of a wave as its stored configuration describes it. */
export async function threePlOf(context: EngineContext, wave: Wave): Promise<ThreePl> {
  let threePls = context.config.threePls;
  if (wave.config_hash !== context.config.frozen.hash) {
    const stored = await storedConfiguration(context.database, wave.config_hash);
    if (stored === undefined)
      throw new InvariantError(`configuration ${wave.config_hash} is not kept any more`);
    threePls = context.kit.threePlsOf(stored);
  }
  const threePl = threePls.find(({ name }) => name === wave.target);
  if (threePl === undefined)
    throw new InvariantError(`file ${wave.file_name}: 3PL "${wave.target}" is not configured`);
  return threePl;
}

/** What its file is, as its stored configuration describes it: the 3PL's hand-over file, or a notice. */
export async function fileOfWave(context: EngineContext, wave: Wave): Promise<OrderFile> {
  const file = fileOf(await threePlOf(context, wave), wave.section);
  if (file !== null) return file;
  throw new InvariantError(`file ${wave.file_name}: the template of ${wave.target} has no ${wave.section}`);
}

async function renderTable(context: EngineContext, wave: Wave, write: Write) {
  const [member] = await waveMembers(context.database, wave.wave_id, -1, 1);
  if (member === undefined) throw new InvariantError(`file ${wave.file_name} has no table`);
  const table = QUEUE_TABLE_NAMES.find((name) => name === wave.target);
  if (table === undefined) throw new InvariantError(`file ${wave.file_name}: no table ${wave.target}`);
  const encoder = context.kit.tableEncoder(await context.tables.columns(member.change_set_id, table));
  await write(encoder.head());
  let rows = 0;
  for await (const page of context.tables.pages(member.change_set_id, table)) {
    assertGoingOn(context.signal);
    await write(encoder.rows(page));
    rows += page.length;
  }
  return { orders: 0, rows };
}
