import sql from 'mssql';
import { InvariantError } from '../../core/errors.js';
import type { Value } from '../database.js';

const INT_MAX = 2_147_483_647;

/** Binds one parameter with an explicit type; a JS number is never sent as a float. */
export function bind(request: sql.Request, name: string, value: Value): void {
  // nvarchar(4000) where it fits: compared with nvarchar(max), an index is sought less well.
  if (value === null) request.input(name, sql.NVarChar(4_000), null);
  else if (typeof value === 'string') {
    request.input(name, value.length <= 4_000 ? sql.NVarChar(4_000) : sql.NVarChar(sql.MAX), value);
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      throw new InvariantError(`parameter @${name}: ${value} is no whole number; amounts are bound as text`);
    }
    if (Math.abs(value) <= INT_MAX) request.input(name, sql.Int, value);
    else request.input(name, sql.BigInt, value);
  } else request.input(name, sql.VarBinary(sql.MAX), Buffer.from(value));
}

/** What the driver gave, as our values: dates as text, bit as 0 or 1. */
export function fromDriver(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return dateText(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array) return value;
  if (typeof value === 'bigint') return value.toString();
  throw new InvariantError(`a column of type ${typeof value} was read without a text form`);
}

/** datetime2(3) columns of ours, read as UTC (`useUTC`): `2026-11-21 03:07:00.000`. */
function dateText(date: Date): string {
  return date.toISOString().replace('T', ' ').slice(0, 23);
}

/** bigint arrives as text; ours (bytes of a file) are given as numbers, as the embedded engine does. */
export function wholeNumber(value: unknown): Value {
  const read = fromDriver(value);
  if (typeof read !== 'string') return read;
  const number = Number(read);
  return Number.isSafeInteger(number) ? number : read;
}

/** The rows of a set as the driver gives it. */
export function readSet(rows: unknown[]): Record<string, Value>[] {
  const set = rows as sql.IRecordSet<Record<string, unknown>>;
  const whole = new Set(
    Object.values(set.columns ?? {})
      .filter(isBigInt)
      .map(({ name }) => name),
  );
  return set.map((row) => {
    const read: Record<string, Value> = {};
    for (const [name, value] of Object.entries(row)) {
      read[name] = whole.has(name) ? wholeNumber(value) : fromDriver(value);
    }
    return read;
  });
}

function isBigInt({ type }: { readonly type: unknown }): boolean {
  return type === sql.BigInt;
}
