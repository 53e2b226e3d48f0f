/**
 * SQL Server error numbers after which the same transaction may be tried again: the server rolled it back, or never
 * began it. Pinned by test/unit/sqlserver.test.ts: a change of the list is meant, or an accident. Sources, by number:
 *
 * - 1204 (no locks left), 1205 (deadlock victim), 1222 (lock time-out), 3960 (update conflict under SNAPSHOT):
 *   learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-1205-database-engine-error and its sisters;
 *   learn.microsoft.com/sql/connect/ado-net/configurable-retry-logic lists the first three as SqlClient's defaults.
 * - 4060, 4221, 40197, 40501, 40613, 49918, 49919, 49920, 10928, 10929:
 *   learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues, "transient fault error messages"
 *   and resource governance.
 * - 40143, 40540: Azure SQL's older numbers of the same, in SqlClient's default list as well.
 *
 * SqlClient's list also has 64, 233, 10053, 10054, 10060, which are not the server's but those of a Windows socket;
 * this driver gives the code of the socket instead (ESOCKET, ECONNRESET), and what was under way is not repeated by
 * itself: see `LOST` in errors.ts.
 */
export const TRANSIENT_NUMBERS: ReadonlySet<number> = new Set([
  1204, 1205, 1222, 3960, 4060, 4221, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 49918, 49919, 49920,
]);

/** Servers that speak TDS without these numbers (Babelfish sends 33557097 for all of them) name it in the text. */
const TEXTS: readonly (readonly [RegExp, number])[] = [
  [/lock (request )?time-?out/i, 1222],
  [/deadlock detected|deadlocked on/i, 1205],
];

/** The number as SQL Server has it, when the error is a passing one; else undefined. */
export function transientNumber(number: number, message: string): number | undefined {
  if (TRANSIENT_NUMBERS.has(number)) return number;
  return TEXTS.find(([text]) => text.test(message))?.[1];
}
