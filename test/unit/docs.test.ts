import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import type { Session } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { commandFault, wholeProgram } from '../support/commands.js';
import {
  brokenLinks,
  codeBlocks,
  codesIn,
  filesBelow,
  pages,
  shownCommands,
  tableRows,
  textOf,
} from '../support/docs.js';

const operating = textOf('docs/operating.md');
const architecture = textOf('ARCHITECTURE.md');
const ledger = textOf('sql/sqlite/schema.sql');

describe('the pages', () => {
  it.each(pages())('%s has no link that leads nowhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

describe('the commands that pages show', () => {
  let program: Command;
  beforeAll(async () => {
    program = await wholeProgram();
  });

  it.each(pages())('%s shows only commands and options that there are', (page) => {
    const faults = shownCommands(textOf(page)).flatMap((words) => commandFault(program, words) ?? []);
    expect(faults).toEqual([]);
  });

  it('are all of the program: README names every command', () => {
    const shown = new Set(shownCommands(textOf('README.md')).map(([name]) => name));
    expect(program.commands.map((command) => command.name()).filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('docs/operating.md', () => {
  it('explains every code that an item can get', () => {
    const explained = new Set(tableRows(operating).flatMap(({ first }) => codesIn(first)));
    expect(codesOfTheEngine().filter((code) => !explained.has(code))).toEqual([]);
  });

  it('shows queries that run', async () => {
    const database = openSqlite(':memory:', systemClock);
    await migrate(database);
    await database.transaction(async (session) => {
      await createSyncSchema(session);
      for (const text of queriesOf(operating)) await expectToRun(session, text);
    });
    await database.close();
    expect(queriesOf(operating).length).toBeGreaterThan(5);
  });
});

describe('ARCHITECTURE.md', () => {
  const lists = Array.from(
    ledger.matchAll(/CONSTRAINT (\w+_is_known)\s+CHECK \((?:\w+ IS NULL OR )?\w+ IN \(([^)]+)\)/g),
    ([, name = '', values = '']) => ({ name, values: values.replaceAll("'", '').split(/,\s*/) }),
  );

  it('has the lists of states and kinds that the tables enforce', () => {
    const rows = new Map(tableRows(architecture).map(({ first, rest }) => [codesIn(first)[0], rest[0]]));
    expect(lists.length).toBeGreaterThan(6);
    for (const { name, values } of lists)
      expect([name, codesIn(rows.get(name) ?? '')]).toEqual([name, values]);
  });

  it.each(['batch', 'item', 'wave', 'effect'])(
    'moves a %s through all of its states and no other',
    (machine) => {
      const moves = tableRows(sectionOf(architecture, `### The ${machine}`)).slice(2);
      const named = new Set(
        moves.flatMap(({ first, rest }) => [...codesIn(first), ...codesIn(rest[0] ?? '')]),
      );
      const known = lists.find(({ name }) => name === `${machine}_state_is_known`)?.values ?? [];
      expect([...named].sort()).toEqual([...known].sort());
    },
  );

  it('names statements and sources that there are', () => {
    const statements = new Set(
      ['sqlite', 'shared'].flatMap((folder) =>
        filesBelow(`sql/${folder}`, '.sql').map((path) => path.split('/').slice(2).join('/').slice(0, -4)),
      ),
    );
    const named = codesIn(architecture).filter((code) => /^(freeze|ledger|lease|retention)\/\w+$/.test(code));
    expect(named.filter((name) => !statements.has(name))).toEqual([]);
    const sources = new Set([...filesBelow('src', '.ts'), ...filesBelow('pipelines', '.ts')]);
    const files = codesIn(architecture).filter((code) => /^(src|pipelines)\/.*\.ts$/.test(code));
    expect(files.filter((file) => !sources.has(file))).toEqual([]);
  });
});

/** Every upper-case word of the rooms that decide about items, without the few that are no code of an item. */
function codesOfTheEngine(): string[] {
  // Date tokens, parts of codes, and codes of the operating system: no item gets them.
  const others = new Set([
    'EEEE',
    'MMMM',
    'AFTER_HAND_OVER',
    'TOTALS_DIFFER',
    'ERROR',
    'ENOENT',
    'Z_BUF_ERROR',
  ]);
  const files = [
    ...['src/engine', 'src/transform', 'src/queue/ledger', 'pipelines'].flatMap((folder) =>
      filesBelow(folder, '.ts'),
    ),
    ...['sql/shared/ledger', 'sql/sqlite/ledger'].flatMap((folder) => filesBelow(folder, '.sql')),
  ];
  const found = files.flatMap((file) =>
    Array.from(textOf(file).matchAll(/'([A-Z][A-Z_]{3,})'/g), ([, code = '']) => code),
  );
  return [...new Set(found)].filter((code) => !others.has(code)).sort();
}

function queriesOf(markdown: string): string[] {
  return codeBlocks(markdown).flatMap(({ language, text }) => (language === 'sql' ? [text] : []));
}

async function expectToRun(session: Session, text: string): Promise<void> {
  await expect(session.run({ name: text, text }), text).resolves.toBeTypeOf('number');
}

function sectionOf(markdown: string, heading: string): string {
  const from = markdown.indexOf(`${heading}\n`);
  expect(from, heading).toBeGreaterThan(-1);
  return markdown.slice(from, markdown.indexOf('\n### ', from + 1));
}
