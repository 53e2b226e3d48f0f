import { hash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TransientError } from '../../core/errors.js';
import { RenderError } from '../../core/hand-over.js';
import type { Label, LabelFolder, LabelMail, LabelRule } from '../../core/label.js';
import type { Order } from '../../core/order.js';
import { fromUtcText } from '../../core/time.js';
import { waveMembers } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { deliverBeside } from './beside.js';
import { labelInFolder } from './label-folder.js';
import { fileOfWave, UnrenderableMembers } from './render.js';
import type { Sending } from './sending.js';
import { spoolPath } from './spool.js';

/** Labels may have megabytes, and a page of orders is held in memory. */
const PAGE = 10;

/**
 * Makes the labels of a wave that is not sent yet, in the spool. Throws {@link UnrenderableMembers} for the orders whose
 * label cannot be used: they leave the wave and are held.
 */
export async function makeLabels(sending: Sending): Promise<void> {
  const bad: { itemId: number; code: string; reason: string }[] = [];
  for await (const { itemId, make } of labelsToSend(sending)) {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      bad.push({ itemId, code: error.code, reason: messageOf(error) });
    }
  }
  if (bad.length > 0) throw new UnrenderableMembers(bad);
}

/**
 * Delivers them, before the file that tells of them. What a killed process has delivered already is there, or was
 * collected: then it comes once more under the same name.
 */
export async function deliverLabels(sending: Sending): Promise<void> {
  const { lease } = sending;
  try {
    for await (const { name, make, mail } of labelsToSend(sending)) {
      if (mail !== null) return; // they left before the file was fixed
      await lease.assertHeld();
      // PDFs made of HTML differ from one time to the next, so there is no hash to go by.
      await deliverBeside(
        sending,
        name,
        () => true,
        () => stillThere(make),
      );
    }
  } finally {
    await removeLabels(sending);
  }
}

/** Its order was fixed in the file already: a label that is gone from its folder since then holds the file up. */
async function stillThere(make: () => Promise<string>): Promise<string> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    throw new TransientError(error.code, messageOf(error), { cause: error });
  }
}

/** They hold addresses: none stays in the spool. */
export async function removeLabels(sending: Sending): Promise<void> {
  await rm(await folderOf(sending), { recursive: true, force: true });
}

export interface LabelFile {
  readonly itemId: number;
  readonly order: Order;
  readonly name: string;
  readonly kind: 'pdf' | 'zpl';
  /** SHA-256 of the label as the order has it; null where it cannot be used. A PDF that is made of HTML has another. */
  readonly sha256: string | null;
  /** Null: it is a file. */
  readonly mail: LabelMail | null;
  /** Puts the file in the folder where it is not there yet; returns where. */
  make(): Promise<string>;
}

/** The labels of a wave that is on its way, made in the spool. */
export async function* labelsToSend(sending: Sending): AsyncGenerator<LabelFile> {
  if (sending.pipeline.source.aggregate === 'table') return;
  yield* labelsOf(sending, await folderOf(sending));
}

/** The labels of a wave of orders, in the order of its file; each is made in the folder when it is asked for. */
export async function* labelsOf(
  { context, wave }: Pick<Sending, 'context' | 'wave'>,
  folder: string,
): AsyncGenerator<LabelFile> {
  const { labels: rule } = await fileOfWave(context, wave);
  if (rule === null) return;
  const file = { number: wave.number, plannedAt: fromUtcText(wave.planned_utc) };
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
    // Of a column they come with the page, where it is read; of a folder one at a time.
    const found = await context.orders.read(keys, (orders) => orders.map((order) => labelOf(rule, order)));
    for (const { order, label: has } of found) {
      const label = typeof has !== 'string' ? has : rule.folder && (await fileOf(context, rule.folder, has));
      if (label === null) continue;
      const itemId = members.find(({ order_id }) => order_id === order.id)?.item_id ?? -1;
      const kind = 'kind' in label && label.kind === 'zpl' ? 'zpl' : 'pdf';
      const name = rule.fileName(order, kind, file);
      yield {
        itemId,
        order,
        name,
        kind,
        sha256: label instanceof RenderError ? null : hash('sha256', label.bytes, 'hex'),
        mail: rule.mail,
        make: () => put(context, folder, name, label, rule),
      };
    }
  }
}

type Usable = Label | RenderError | null;

/** Pure; what is wrong with a label is the order's own matter. Of a folder it is the name of the file. */
function labelOf(rule: LabelRule, order: Order): { readonly order: Order; readonly label: Usable | string } {
  try {
    return { order, label: rule.folder === null ? rule.of(order) : rule.folder.nameOf(order) };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { order, label: error };
  }
}

async function fileOf({ clock }: EngineContext, folder: LabelFolder, name: string): Promise<Usable> {
  try {
    return await labelInFolder(clock, folder, name);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return error;
  }
}

async function put(
  context: EngineContext,
  folder: string,
  name: string,
  label: Label | RenderError,
  rule: LabelRule,
): Promise<string> {
  if (label instanceof RenderError) throw label;
  const path = join(folder, name);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  const bytes = await finished(context, label, rule);
  await mkdir(folder, { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** HTML becomes a PDF; pages are counted. */
async function finished(
  { kit, labelPrinter }: EngineContext,
  { kind, bytes }: Label,
  { maxPages, page }: LabelRule,
): Promise<Uint8Array> {
  const made = kind === 'html' ? await labelPrinter.print(Buffer.from(bytes).toString('utf8'), page) : bytes;
  const pages = kind === 'zpl' ? kit.zplLabels(made) : await kit.pdfPages(made);
  if (pages < 1) throw new RenderError('BAD_LABEL', 'the shipping label cannot be used: it has no page');
  if (pages > maxPages) {
    throw new RenderError(
      'LABEL_TOO_LARGE',
      `the shipping label has ${pages} pages, ${maxPages} are allowed`,
    );
  }
  return made;
}

function folderOf({ context, lease, pipeline, wave }: Sending): Promise<string> {
  return spoolPath(context, lease, pipeline.name, `${wave.wave_id}-labels`);
}
