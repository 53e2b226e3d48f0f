import type { Command } from 'commander';

/** One command line for each command and group, as its help shows it; what has several lines brings its own. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '': 'orderferry run exigo-orders-to-3pl --dry-run',
  errors: 'orderferry errors list --older-than 2h',
  shadow: 'orderferry shadow compare exigo-orders-to-3pl old/*.csv',
  '3pl': 'orderferry 3pl test atlas ATL_SHIP_20260311.csv',
  standin: 'orderferry standin exigo --port 8080',
  migrate: 'orderferry migrate',
  sample: 'orderferry sample --if-empty',
  doctor: 'orderferry doctor --json',
  run: 'orderferry run exigo-orders-to-3pl --start-date 2026-03-01 --end-date 2026-03-08 --dry-run',
  status: 'orderferry status --json',
  'errors list': 'orderferry errors list --code NO_ROUTE --limit 20',
  'errors show': 'orderferry errors show 48021',
  'errors retry': 'orderferry errors retry --code NO_ROUTE',
  'errors drop': 'orderferry errors drop --code NO_ROUTE --older-than 30d --reason "sold elsewhere"',
  'errors export': 'orderferry errors export --out errors.csv',
  explain: 'orderferry explain 48021',
  release: 'orderferry release 48021 --as resend --reason "atlas lost the parcel"',
  resend: 'orderferry resend ATL_20260311_000123.csv --reason "atlas lost the file"',
  replay: 'orderferry replay 12 --out replayed',
  reconcile: 'orderferry reconcile --start-date 2026-03-01 --grace 2h',
  dashboard: 'orderferry dashboard --port 8088',
  forget: 'orderferry forget 1042 --dry-run',
  demo: 'orderferry demo',
  '3pl test': 'orderferry 3pl test atlas ATL_SHIP_20260311.csv',
  'standin exigo': 'orderferry standin exigo',
  'standin godatafeed': 'orderferry standin godatafeed',
};

/** Puts an example under the help of every command that has one here. */
export function addExamples(program: Command): void {
  for (const { path, command } of [...leavesOf(program), ...rootsOf(program)]) {
    const example = Object.hasOwn(EXAMPLES, path) ? EXAMPLES[path] : undefined;
    if (example !== undefined) command.addHelpText('after', `\nExample:\n  ${example}`);
  }
}

/** The commands that do something, by their words: `errors list`. */
export function leavesOf(
  program: Command,
  before = '',
): readonly { readonly path: string; readonly command: Command }[] {
  return program.commands.flatMap((command) => {
    const path = `${before}${command.name()}`;
    return command.commands.length > 0 ? leavesOf(command, `${path} `) : [{ path, command }];
  });
}

/** The program ("") and its commands that only hold others: `errors`. */
export function rootsOf(program: Command): readonly { readonly path: string; readonly command: Command }[] {
  const groups = program.commands.filter(({ commands }) => commands.length > 0);
  return [{ path: '', command: program }, ...groups.map((command) => ({ path: command.name(), command }))];
}
