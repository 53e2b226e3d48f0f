import type { Entry } from '../../engine/persons/entries.js';
import type { EntryAct, EntryDetails } from '../../engine/persons/entry-details.js';
import type { Output } from '../output.js';

/** One entry for a person. */
export function printDetails(
  output: Output,
  order: string,
  entry: Entry,
  { acts, received, copy }: EntryDetails,
): void {
  const times = entry.times === 1 ? '' : `, ${entry.times} times, last at ${utc(entry.settled_utc)}`;
  output.line(`order ${order}: ${entry.state} as ${entry.code} since ${utc(entry.first_utc)}${times}`);
  output.line(`  pipeline ${entry.pipeline}, batch ${entry.batch_id}, change set ${entry.change_set_id}`);
  output.line(`  ${entry.reason}`);
  for (const act of acts) printAct(output, act);
  if (received !== null) output.line(`  received: ${JSON.stringify(received)}`);
  if (copy !== null) output.line(`  line ${copy.line} of ${copy.path} in the state directory`);
  output.line(`  next: ${entry.next}`);
}

function printAct(output: Output, act: EntryAct): void {
  const again = act.generation === 1 ? '' : ` (generation ${act.generation})`;
  const tries = act.attempts === 0 ? '' : `, ${act.attempts} ${act.attempts === 1 ? 'try' : 'tries'}`;
  const file = act.file === null ? '' : ` in ${act.file}`;
  const due = act.next_try_utc === null ? '' : `, next try ${utc(act.next_try_utc)}`;
  output.line(`  step ${act.step}${again}: ${act.state}${file}${tries}${due}`);
  if (act.sent !== null) output.line(`    sent: ${JSON.stringify(act.sent)}`);
  if (act.answered !== null) output.line(`    answered: ${act.answered}`);
}

function utc(text: string): string {
  return `${text.slice(0, 19)} UTC`;
}
