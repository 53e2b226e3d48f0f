import type { Config } from '../../core/config.js';
import { fileOf, type NoticeKind } from '../../core/hand-over.js';
import { counted } from '../../core/text.js';
import type { Session } from '../../queue/ledger/session.js';
import { openWaves, readyTargets } from '../../queue/ledger/waves.js';
import { PIPELINES } from '../pipelines.js';
import { EXIT } from '../process.js';
import { type Check, failed } from './check.js';

/**
 * Files that were planned, and orders that are ready for one, whose 3PL has no place for them any more: its template, or the
 * section, has gone. They wait until it is there again. None: no check.
 */
export async function checkStranded(session: Session, { threePls }: Config): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, load } of PIPELINES) {
    const [step] = load;
    if (step?.kind !== '3pl-file' && step?.kind !== '3pl-notice') continue;
    const section = step.kind === '3pl-notice' ? step.section : null;
    const missing = (target: string) => missingPart(threePls, target, section);
    // What was made in shadow goes to our own folder, but it wants the template as well.
    for (const { target, file_name, planned_utc } of await openWaves(session, name)) {
      const part = missing(target);
      if (part === null) continue;
      const detail = `${file_name}, planned at ${planned_utc} UTC, waits: ${part.gone}`;
      checks.push(failed(`file of ${target}`, detail, `${part.mend}, until the file has left`, EXIT.usage));
    }
    for (const { target, items } of await readyTargets(session, name)) {
      const part = missing(target);
      if (part === null) continue;
      const detail = `${counted(items, 'order')} of ${name} cannot leave: ${part.gone}`;
      // A notice that is not in a file yet can be given up by nobody: the 3PL has the order.
      const instead = section === null ? ', or give them up: orderferry release <order> --as cancel' : '';
      const remedy = `${part.mend}${instead}`;
      checks.push(failed(`orders for ${target}`, detail, remedy, EXIT.usage));
    }
  }
  return checks;
}

function missingPart(
  threePls: Config['threePls'],
  target: string,
  section: NoticeKind | null,
): { readonly gone: string; readonly mend: string } | null {
  const threePl = threePls.find(({ name }) => name === target);
  if (threePl === undefined) {
    const gone = `3PL "${target}" is not configured any more`;
    return { gone, mend: `name its template under threePls again` };
  }
  if (fileOf(threePl, section) !== null) return null;
  return {
    gone: `the template of ${target} has no ${section} any more`,
    mend: `give the template of ${target} its section ${section} again`,
  };
}
