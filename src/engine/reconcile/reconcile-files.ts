import { inShadow } from '../../core/config.js';
import type { ThreePl } from '../../core/hand-over.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { PlaceView } from '../../core/views.js';
import {
  counterValue,
  filesNamed,
  firstKnownNumber,
  type KnownFile,
} from '../../queue/reads/reconcile-ledger.js';
import { assertGoingOn } from '../stop.js';
import { AGREES, differs, type Finding } from './findings.js';
import type { Part } from './part.js';
import { time } from './rules.js';
import type { Scope } from './scope.js';

const NAMES = 500;
const UNKNOWN = ['LEDGER_BEHIND_FILES', 'FILE_UNKNOWN_TO_US'] as const;

/**
 * Compares the files that lie in the folders of the 3PLs with the ledger. One that is gone was collected. Returns whether
 * there are some that the ledger does not know.
 */
export async function reconcileFiles(scope: Scope): Promise<boolean> {
  const { context, views, placeParts, handOver, tally } = scope;
  // In shadow the files there are the earlier script's.
  if (handOver === null || inShadow(context.config, handOver.name)) return false;
  for (const threePl of context.config.threePls) {
    const view = views.places.get(threePl.name);
    const part = placeParts.get(threePl.name);
    if (view === undefined || part === undefined) continue;
    const names = await part.ask(() => view.names());
    if (names === 'not asked') continue;
    await comparePlace(scope, threePl, view, part, names);
  }
  return UNKNOWN.some((code) => tally.differences.has(code));
}

async function comparePlace(
  scope: Scope,
  threePl: ThreePl,
  view: PlaceView,
  part: Part,
  names: readonly string[],
): Promise<void> {
  const { context, state, handOver, tally, request } = scope;
  const pipeline = handOver?.name ?? '';
  const counter = await counterValue(state, `file/${pipeline}/${threePl.name}`);
  const first = await firstKnownNumber(state, pipeline, threePl.name, toUtcText(request.from));
  const ours = names.flatMap((name) => {
    const number = threePl.fileNumber(name);
    return number === null ? [] : [{ name, number }];
  });
  part.told += ours.length;
  const highest = ours.reduce<(typeof ours)[number] | null>(
    (found, one) => (one.number > (found?.number ?? 0) ? one : found),
    null,
  );
  const behind = highest !== null && highest.number > (counter ?? 0);
  tally.add('3PL', threePl.name, behind ? counterBehind(scope, threePl, view, counter, highest) : AGREES);
  for (let at = 0; at < ours.length; at += NAMES) {
    assertGoingOn(context.signal);
    const page = ours.slice(at, at + NAMES);
    const known = await filesNamed(
      state,
      pipeline,
      page.map(({ name }) => name),
    );
    const byName = new Map(known.map((file) => [file.file_name, file]));
    for (const { name, number } of page) {
      const file = byName.get(name);
      // Those above the counter are one finding; those before the first one may be forgotten.
      if (file === undefined && (number > (counter ?? 0) || number < first)) continue;
      tally.add('3PL', name, await compareFile(scope, threePl, view, part, name, file));
    }
  }
}

async function compareFile(
  { context, request }: Scope,
  threePl: ThreePl,
  view: PlaceView,
  part: Part,
  name: string,
  file: KnownFile | undefined,
): Promise<Finding> {
  if (file === undefined) {
    return differs(
      'FILE_UNKNOWN_TO_US',
      `${name} lies in ${view.description}, and the ledger did not make it: a second installation writes there, or the ledger was restored from a backup`,
      `those of its orders that the ledger still has to send must not go again: orderferry release <order> --as cancel --reason 'in ${name}'`,
    );
  }
  const at = file.delivered_utc === null ? null : fromUtcText(file.delivered_utc);
  if (file.state !== 'delivered' || at === null || at < request.from || at >= request.to) return AGREES;
  const there = await part.ask(() => context.delivery(threePl).inspect(name, file.token ?? 0));
  if (there === 'not asked') return { verdict: 'not compared' };
  if (there.target === null || there.target.sha256 === file.sha256) return AGREES;
  return differs(
    'FILE_DIFFERS',
    `${name} in ${view.description} is not what was delivered at ${time(at)}: sha256 ${there.target.sha256.slice(0, 12)}..., sent was ${file.sha256?.slice(0, 12)}...`,
    `ask who changed it; what was sent: orderferry replay <batch> --out <folder>; to send its orders again: orderferry resend ${name} --reason <text>`,
  );
}

function counterBehind(
  { handOver, marketplaceRules }: Scope,
  { name }: ThreePl,
  view: PlaceView,
  counter: number | null,
  highest: { readonly name: string; readonly number: number },
): Finding {
  const table = marketplaceRules.quoted('etl.counter');
  const key = `file/${handOver?.name}/${name}`;
  const statement =
    counter === null
      ? `INSERT INTO ${table} (name, value) VALUES ('${key}', ${highest.number});`
      : `UPDATE ${table} SET value = ${highest.number} WHERE name = '${key}';`;
  return differs(
    'LEDGER_BEHIND_FILES',
    `${view.description} has ${highest.name}, number ${highest.number}, and the ledger counts ${counter ?? 'none'}: it was restored from a backup, or a second installation writes there. The next file would get a number that was used`,
    `stop the schedules; ask the 3PL for the highest number it ever got, at least ${highest.number}, and run: ${statement} Then compare the orders of its files: see "after a restore" in docs/operating.md`,
  );
}
