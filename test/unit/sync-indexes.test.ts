import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { codeBlocks, codesIn, ROOT, sectionOf, tableRows, textOf } from '../support/docs.js';

const section = sectionOf(textOf('docs/sql-server.md'), '## Indexes of the dbo tables');

it('docs/sql-server.md advises the indexes that the sample tenant has', () => {
  const advised = codeBlocks(section).find(({ language }) => language === 'sql')?.text;
  expect(advised).toBe(textOf('sql/sqlserver/sample/indexes.sql').replace(/^--.*\n/gm, ''));
});

it('names for each index the statements that need it, by files that there are and that use the column', () => {
  const rows = tableRows(section).slice(2);
  expect(rows.length).toBeGreaterThan(5);
  for (const { first, rest } of rows) {
    const [table = '', column = ''] = first.match(/\w+/g) ?? [];
    const files = codesIn(rest[0] ?? '').filter((code) => code.includes('/'));
    expect([first, files.length > 0]).toEqual([first, true]);
    for (const file of files) {
      expect([file, existsSync(join(ROOT, 'sql/sqlserver', `${file}.sql`))]).toEqual([file, true]);
      const text = textOf(`sql/sqlserver/${file}.sql`);
      expect([file, text.includes(`dbo.${table}`) || text.includes('dbo.{table}')]).toEqual([file, true]);
      expect([file, text.includes(column) || text.includes('{key}')]).toEqual([file, true]);
    }
  }
});
