import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { UsageError } from '../../core/errors.js';
import { counted } from '../../core/text.js';
import {
  type CallComparison,
  type ComparedCall,
  compareCalls,
  type OnlyTheirs,
} from '../../engine/shadow/compare-calls.js';
import { TheirRows } from '../../queue/their-rows.js';
import { csvRecords } from '../csv-records.js';
import type { Output } from '../output.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import type { Opened } from './open.js';

/** Names the order in a list of calls. */
const KEY = 'order';

interface CallOptions {
  readonly column: readonly string[];
  readonly limit: number;
}

/** `shadow compare` of a pipeline that calls APIs: with what these show, or with the calls that a script has written down. */
export async function compareApiCalls(
  { context, output }: Opened,
  question: { readonly pipeline: string; readonly from: string; readonly to: string },
  files: readonly string[],
  options: CallOptions,
  shell: Shell,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-compare-'));
  const theirs = files.length === 0 ? null : await TheirRows.open(folder, shell.clock);
  try {
    if (theirs !== null) await readCalls(theirs, files, options.column);
    const listed: (ComparedCall | OnlyTheirs)[] = [];
    const asked = { ...question, ...(theirs === null ? {} : { theirs }) };
    const result = await compareCalls(context, asked, (call) => {
      if (call.outcome === 'same' || call.outcome === 'live') return;
      if (listed.length >= options.limit) return;
      listed.push(call);
      output.line(lineOf(call));
    });
    print(output, result, listed.length, theirs !== null);
    output.result({ ...result, listed });
    const differ = result.differing + result.onlyOurs + result.onlyTheirs + result.held;
    shell.exitCode = differ > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await theirs?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** CSV in UTF-8 with commas and a header; the column `order` names the order, the others the fields of the call. */
async function readCalls(
  theirs: TheirRows,
  files: readonly string[],
  renamed: readonly string[],
): Promise<void> {
  const ours = new Map(
    renamed.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--column ${text}: write theirs=ours`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()] as const;
    }),
  );
  for (const path of files) {
    let head: readonly string[] | null = null;
    for await (const record of csvRecords(path, ',')) {
      if ('broken' in record) throw new UsageError(`${path} line ${record.line}: ${record.broken}`);
      if (head === null) {
        head = record.fields.map((name) => ours.get(name.trim()) ?? name.trim());
        if (!head.includes(KEY)) {
          throw new UsageError(
            `${path} has no column "${KEY}"; say which one it is: --column "Order No=${KEY}"`,
          );
        }
        continue;
      }
      const cells = Object.fromEntries(head.map((name, i) => [name, record.fields[i]?.trim() ?? '']));
      await theirs.put({ key: cells[KEY] ?? '', file: basename(path), line: record.line, cells });
    }
  }
  await theirs.flush();
}

function lineOf(call: ComparedCall | OnlyTheirs): string {
  if (call.outcome === 'only theirs') {
    return `only theirs: order ${call.order} in ${call.where}${call.reason === null ? '' : `; ${call.reason}`}`;
  }
  const { outcome, operation, order_id, item_key, fields, cells } = call;
  const order = order_id === null || String(order_id) === item_key ? item_key : `${order_id} (${item_key})`;
  const text = (cell: string | null) => (cell === null ? 'nothing' : JSON.stringify(cell));
  const what =
    outcome === 'differs'
      ? cells.map(({ column, before, after }) => `${column}: theirs ${text(before)}, ours ${text(after)}`)
      : Object.entries(fields).map(([name, value]) => `${name} ${text(value)}`);
  return `${outcome}: order ${order}, ${operation}: ${what.join('; ')}`;
}

function print(output: Output, result: CallComparison, listed: number, ofFile: boolean): void {
  const { calls, same, differing, onlyOurs, onlyTheirs, assumed, held, live, lookedUtc } = result;
  const left = differing + onlyOurs + onlyTheirs + assumed + held - listed;
  if (left > 0) output.line(`and ${left} more: --limit lists them`);
  const others = [
    ...(onlyTheirs > 0 ? [`${onlyTheirs} only theirs`] : []),
    ...(assumed > 0 ? [`${assumed} assumed to be theirs, as nobody can be asked`] : []),
    ...(held > 0 ? [`${held} held`] : []),
    ...(live > 0 ? [`${live} left to live runs`] : []),
  ];
  output.line(
    `${counted(calls, 'call')} in shadow: ${[`${same} same, ${differing} differ, ${onlyOurs} only ours`, ...others].join(', ')}`,
  );
  if (!ofFile && lookedUtc !== null) {
    output.line(`as the systems showed it until ${lookedUtc.slice(0, 19)} UTC; a run in shadow looks again`);
  }
}
