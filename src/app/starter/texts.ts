import { InvariantError } from '../../core/errors.js';
import type { StarterChoice } from './starter.js';

/** The shipped configuration for what was chosen; its comments stay. */
export function starterConfig(shipped: string, { engine, threePls, godatafeed }: StarterChoice): string {
  let text = shipped;
  if (engine === 'sqlserver') text = sqlServerConfig(text);
  if (godatafeed) {
    text = uncommented(text, '# godatafeed:\n', '#       tokenPlacement: path\n');
  }
  const list = '  - atlas\n  - borealis\n';
  return replaced(text, list, threePls.map((name) => `  - ${name}\n`).join(''));
}

/** The shipped template of a warehouse under another name; `warehouse`: the WarehouseID in Exigo whose orders it gets. */
export function starterTemplate(atlas: string, name: string, warehouse: number): string {
  let text = replaced(atlas, 'Atlas, the warehouse in the United States', `The warehouse ${name}`);
  text = replaced(text, 'name: atlas\n', `name: ${name}\n`);
  text = replaced(
    text,
    '  - when: { WarehouseID: 1 }\n',
    `  # The number of the warehouse in Exigo; several conditions: docs/3pl-templates.md\n  - when: { WarehouseID: ${warehouse} }\n`,
  );
  text = text
    .replaceAll('../var/out/atlas', `../var/out/${name}`)
    .replaceAll('../var/in/atlas', `../var/in/${name}`);
  return text.replaceAll('ATL_', `${name.toUpperCase().replaceAll('-', '_')}_`);
}

function sqlServerConfig(text: string): string {
  const without = replaced(text, 'database:\n  sqlite: var/orderferry.db\n', 'database:\n');
  return uncommented(without, '  # sqlserver:\n', '  #   trustServerCertificate: false\n');
}

/** Takes the comment marks off the lines from one to another, both included. */
function uncommented(text: string, first: string, last: string): string {
  const from = text.indexOf(first);
  const to = text.indexOf(last, from) + last.length;
  if (from < 0 || to < last.length)
    throw new InvariantError(`the shipped configuration has no "${first.trim()}"`);
  const lines = text.slice(from, to).replace(/^( *)# /gm, '$1');
  return text.slice(0, from) + lines + text.slice(to);
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new InvariantError(`a shipped file has no "${from.trim()}"`);
  return text.replace(from, () => to);
}
