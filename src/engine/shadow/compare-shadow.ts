import { RenderError, type RenderedOrder, type ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import { ColumnNotFetched } from '../../core/sources.js';
import { type Wave, waveMembers } from '../../queue/ledger/waves.js';
import { shadowWaves } from '../../queue/reads/files.js';
import { itemsOfOrder } from '../../queue/reads/orders.js';
import type { TheirRow, TheirRows } from '../../queue/their-rows.js';
import { type ColumnChange, DifferenceTally } from '../config-diff/tally.js';
import type { CellChange, EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { threePlOf } from '../waves/render.js';

const PAGE = 100;

export interface ShadowQuestion {
  readonly pipeline: string;
  readonly threePl: ThreePl;
  /** UTC text: shadow files made in this time, the end excluded. */
  readonly from: string;
  readonly to: string;
  /** Columns of ours that their files have. */
  readonly columns: ReadonlySet<string>;
  /** The column that names the order, by which theirs are kept. */
  readonly key: string;
}

/** An order that is not the same on both sides. */
export interface ShadowDifference {
  readonly kind: 'only ours' | 'only theirs' | 'differs';
  /** As the cell says that names it. */
  readonly order: string;
  /** Our file, or theirs and the line. */
  readonly where: string;
  readonly cells: readonly CellChange[];
  /** Why we have no file with it, where the ledger says so. */
  readonly reason: string | null;
}

export interface ShadowComparison {
  /** Of ours. */
  readonly files: number;
  readonly orders: number;
  readonly same: number;
  readonly differing: number;
  readonly onlyOurs: number;
  readonly onlyTheirs: number;
  /** Orders of ours whose frozen rows are not kept any more. */
  readonly notKept: number;
  /** `before` is theirs, `after` ours. */
  readonly columns: readonly ColumnChange[];
}

/**
 * What was made in shadow against what an earlier script has sent, order by order and cell by cell. Ours is rendered anew
 * from the frozen rows and the stored configuration. Memory holds a page of orders.
 */
export async function compareShadow(
  context: EngineContext,
  question: ShadowQuestion,
  theirs: TheirRows,
  tell: (difference: ShadowDifference) => void,
): Promise<ShadowComparison> {
  const { pipeline, threePl, from, to } = question;
  const waves = await shadowWaves(context.database, { pipeline, target: threePl.name, from, to });
  const tally = new DifferenceTally();
  const counts = { differing: 0, onlyOurs: 0, onlyTheirs: 0, notKept: 0 };
  for (const wave of waves) {
    for await (const page of ordersOf(context, question, wave)) {
      counts.notKept += page.lost;
      const rows = await theirs.take(page.orders.map(({ key }) => key));
      for (const { id, key, rendered } of page.orders) {
        tally.orders++;
        const found = rows.get(key);
        if (found === undefined) {
          counts.onlyOurs++;
          tell({ kind: 'only ours', order: key, where: wave.file_name, cells: [], reason: null });
          continue;
        }
        const cells = context.kit.diff(
          found.map(({ cells }) => compared(cells, question)),
          rendered,
        );
        if (cells.length === 0) tally.same++;
        else {
          counts.differing++;
          tally.cells(id, threePl.name, cells);
          tell({ kind: 'differs', order: key, where: wave.file_name, cells, reason: null });
        }
      }
    }
  }
  for await (const { key, file, line } of theirs.left()) {
    assertGoingOn(context.signal);
    counts.onlyTheirs++;
    const where = `${file} line ${line}`;
    tell({
      kind: 'only theirs',
      order: key,
      where,
      cells: [],
      reason: await reasonOf(context, pipeline, key),
    });
  }
  const { orders, same, columns } = tally;
  return { files: waves.length, orders, same, ...counts, columns };
}

function compared(cells: TheirRow['cells'], { columns }: ShadowQuestion): TheirRow['cells'] {
  return Object.fromEntries(Object.entries(cells).filter(([column]) => columns.has(column)));
}

interface OurOrder {
  readonly id: number;
  readonly key: string;
  readonly rendered: RenderedOrder;
}

async function* ordersOf(
  context: EngineContext,
  question: ShadowQuestion,
  wave: Wave,
): AsyncGenerator<{ readonly orders: readonly OurOrder[]; readonly lost: number }, void, undefined> {
  const template = await threePlOf(context, wave);
  for (let after = -1; ; ) {
    assertGoingOn(context.signal);
    const members = await waveMembers(context.database, wave.wave_id, after, PAGE);
    const last = members.at(-1)?.order_id;
    if (last === undefined || last === null) return;
    after = last;
    const keys = members.map(({ change_set_id, order_id }) => ({
      changeSetId: change_set_id,
      orderId: order_id ?? -1,
    }));
    const orders = await context.orders.read(keys, (page) =>
      page.map((order) => ours(order, template, question)),
    );
    yield { orders, lost: members.length - orders.length };
  }
}

/** Only what can be compared: columns that theirs have, too, without labels and what is of the file. */
function ours(order: Order, template: ThreePl, question: ShadowQuestion): OurOrder {
  const { key } = question;
  const columns = new Set(template.shape.kinds.flatMap((kind) => kind.columns));
  const rows = renderedBy(template, order).filter((row) => Object.keys(row).some((one) => columns.has(one)));
  const rendered = rows.map((row) => compared(row, question));
  return { id: order.id, key: rows.find((row) => key in row)?.[key] ?? String(order.id), rendered };
}

function renderedBy(template: ThreePl, order: Order): RenderedOrder {
  try {
    return template.render(order);
  } catch (error) {
    if (error instanceof ColumnNotFetched || !(error instanceof RenderError)) throw error;
    return []; // it was rendered once: what cannot be any more counts as different
  }
}

/** What became of an order here that only the other side has. */
export async function reasonOf(
  { database }: EngineContext,
  pipeline: string,
  key: string,
): Promise<string | null> {
  const id = /^0*([1-9]\d{0,9})$/.exec(key.trim())?.[1];
  if (id === undefined || Number(id) >= 2 ** 31) return null;
  const items = await itemsOfOrder(database, Number(id));
  const item = items.findLast((one) => one.pipeline === pipeline);
  if (item === undefined) return 'not frozen here';
  const why = [item.code, item.reason].filter((one) => one !== null).join(': ');
  return why === '' ? `it is ${item.state} here` : `${item.state} here as ${why}`;
}
