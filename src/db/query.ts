import knex, { type Knex } from 'knex';
import type { Engine, Parameters, Session, Statement, TableName, Value } from './database.js';
import { tableText } from './sql.js';

/**
 * knex as a builder of simple statements on our own tables, where both engines share the code; what it
 * builds runs through our Session. Its own connections are never used: on SQL Server they can run a
 * statement of a transaction outside of it (test/db/sqlserver/knex.test.ts).
 */
const builders: Readonly<Record<Engine, Knex>> = {
  sqlite: knex({ client: 'better-sqlite3', useNullAsDefault: true }),
  sqlserver: knex({ client: 'mssql' }),
};

/** A statement in the making. */
export type Query = Knex.QueryBuilder;

export function from(engine: Engine, table: TableName, alias: string): Knex.QueryBuilder {
  const builder = builders[engine];
  return builder(builder.raw(`${tableText(engine, table)} as ${alias}`) as unknown as string);
}

/** Table with alias for joins. */
export function joined(engine: Engine, table: TableName, alias: string): Knex.Raw {
  return builders[engine].raw(`${tableText(engine, table)} as ${alias}`);
}

/**
 * A time to the millisecond, as both engines show it. SQL Server keeps a datetime in steps of 1/300 s, and the
 * driver reads 12:00:00.0066667 as .007 from a datetime and as .006 from a datetime2(7).
 */
export function toMillisecond(engine: Engine, column: string, name: string): Knex.Raw {
  const text = engine === 'sqlite' ? column : `CAST(${column} AS DATETIME2(3))`;
  return builders[engine].raw(`${text} as ${name}`);
}

export async function fetchAll<T>(session: Session, name: string, query: Knex.QueryBuilder): Promise<T[]> {
  const { statement, parameters } = compile(name, query);
  return session.all<T>(statement, parameters);
}

export async function fetchFirst<T>(
  session: Session,
  name: string,
  query: Knex.QueryBuilder,
): Promise<T | undefined> {
  return (await fetchAll<T>(session, name, query))[0];
}

function compile(name: string, query: Knex.QueryBuilder): { statement: Statement; parameters: Parameters } {
  const { sql, bindings } = query.toSQL().toNative();
  const parameters: Record<string, Value> = {};
  bindings.forEach((value, i) => {
    parameters[`p${i}`] = value as Value;
  });
  let next = 0;
  // Built statements hold no literal: every question mark is a binding.
  return { statement: { name, text: sql.replace(/\?/g, () => `@p${next++}`) }, parameters };
}
