/*
 * Sources of the numbers, looked up in November 2026, but for [engine 1000-1999], whose page was not opened:
 *
 * [engine] learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors-<range>
 * [client] learn.microsoft.com/dotnet/api/microsoft.data.sqlclient.sqlconfigurableretryfactory, the inner list of
 *          transient errors of Microsoft's own client
 * [azure]  learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues, "List of transient fault
 *          error codes"
 *
 * [client] also has 64, 233, 997, 10053, 10054, 10060, which are not the server's but those of a Windows socket; this
 * driver gives the code of the socket instead (ESOCKET, ECONNRESET), and what was under way is not repeated by itself:
 * see `LOST` in errors.ts. [azure] also has 926 and 615, which may last: they are not repeated either.
 */

/**
 * SQL Server error numbers after which the same transaction may be tried again: the server rolled it back, or never
 * began it. Pinned by test/unit/sqlserver.test.ts: a change of the list is meant, or an accident.
 */
export const TRANSIENT_NUMBERS: ReadonlySet<number> = new Set([
  1204, // no locks left; rerun when there are fewer users [engine 1000-1999, client]
  1205, // deadlock victim; rerun the transaction [engine 1000-1999, client]
  1222, // lock request time-out [engine 1000-1999, client]
  3947, // aborted, a secondary is too far behind; retry the transaction [engine 3000-3999]
  3948, // ended by a change of a replica; retry the transaction [engine 3000-3999]
  3960, // update conflict under SNAPSHOT; retry the transaction [engine 3000-3999]
  3966, // rolled back, its row versions had to make room in tempdb; retry the transaction [engine 3000-3999]
  4060, // at login: cannot open the database, also while it moves [client, azure]
  4221, // at login to a readable secondary: row versions missing [client, azure]
  10928, // limit of sessions or workers reached [client]
  10929, // too busy for more than the minimum of sessions or workers [client]
  40143, // error while processing the request, please try again [client; inside 40197: azure]
  40197, // error while processing the request: upgrade, hardware, failover [client, azure]
  40501, // busy; retry after ten seconds [client, azure]
  40540, // error while processing the request, please try again [client; inside 40197: azure]
  40613, // database not currently available [client, azure]
  49918, // not enough resources [client, azure]
  49919, // too many create or update operations [client, azure]
  49920, // too many operations [client, azure]
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
