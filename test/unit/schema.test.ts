import { describe, expect, it } from 'vitest';
import {
  migrationStatements,
  sqliteSchema,
  sqlServerSchema,
  statementsOf,
} from '../../scripts/schema-text.js';
import { textOf } from '../support/docs.js';

const written = { sqlite: textOf('sql/sqlite/schema.sql'), sqlserver: textOf('sql/sqlserver/schema.sql') };

describe('schema.sql', () => {
  it('is what the migrations make; if this fails, run "npm run schema"', async () => {
    expect(written.sqlite).toBe(await sqliteSchema());
    expect(written.sqlserver).toBe(sqlServerSchema());
  });

  it.each([
    ['tables', /^CREATE TABLE "?etl\.(\w+)/gm],
    ['constraints', /CONSTRAINT (\w+)/g],
    ['indexes', /^CREATE (?:UNIQUE )?INDEX (\w+)/gm],
  ])('has the same %s on both engines', (_what, form) => {
    const names = (text: string) => Array.from(text.matchAll(form), ([, name]) => name).sort();
    expect(names(written.sqlite).length).toBeGreaterThan(10);
    expect(names(written.sqlserver)).toEqual(names(written.sqlite));
  });

  it('keeps every comment of a table, an index and a column', () => {
    for (const text of Object.values(written)) {
      expect(text).toMatch(/^-- Append-only\..*\nCREATE TABLE "?etl\.event/m);
      expect(text).toMatch(/^ {2}token +INT\w* NOT NULL, +-- fencing token: grows/m);
      expect(text).toMatch(/^ {2}detail +\w+(\(MAX\))?,? +-- JSON$/m);
    }
    expect(written.sqlite).toMatch(
      /^-- The engine uses a partial index .*\n--.*\nCREATE INDEX item_unsettled/m,
    );
  });
});

describe('what a later migration does to schema.sql of SQL Server', () => {
  const schemaWith = (migration: string) =>
    sqlServerSchema([...migrationStatements('sqlserver'), ...statementsOf(migration)]);

  it('adds columns and constraints at the end of their table', () => {
    const text = schemaWith(`-- Why.
      ALTER TABLE etl.event ADD actor NVARCHAR(100) NULL,  -- who; null: the program
        CONSTRAINT event_actor_is_named CHECK (actor <> ';,');
      UPDATE etl.event SET actor = 'x;y';`);
    expect(text).toContain(
      "  detail   NVARCHAR(MAX),                         -- JSON\n  item_key NVARCHAR(200),\n  actor NVARCHAR(100) NULL,  -- who; null: the program\n  CONSTRAINT event_actor_is_named CHECK (actor <> ';,')\n);",
    );
    expect(text).not.toContain('UPDATE');
  });

  it('takes away what is dropped, and puts a new index under its table', () => {
    const text = schemaWith(`ALTER TABLE etl.wave DROP CONSTRAINT wave_state_is_known;
      DROP INDEX wave_by_file ON etl.wave;
      -- For the page of a file.
      CREATE INDEX wave_by_name ON etl.wave (target, file_name);`);
    expect(text).not.toMatch(/wave_state_is_known|wave_by_file/);
    expect(text).toContain(
      'CREATE INDEX wave_by_name ON etl.wave (target, file_name);\n\n-- One outward act',
    );
  });

  it('refuses a statement it does not understand, so that it is never left out', () => {
    expect(() => schemaWith('ALTER TABLE etl.wave ALTER COLUMN target NVARCHAR(200) NOT NULL;')).toThrow(
      /not understood: ALTER TABLE etl\.wave ALTER COLUMN/,
    );
    expect(() => schemaWith('CREATE INDEX x ON etl.nothing (a);')).toThrow(/no table etl\.nothing/);
  });
});
