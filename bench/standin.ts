import { openSqlite } from '../src/db/sqlite.js';
import { startExigoStandin } from '../src/standins/exigo/server.js';
import { clockFrom, LOGIN } from './install.js';

/**
 * The Exigo stand-in as a process of its own: `standin.js <database> <now> full|head`. Sends its address to its
 * parent, answers every message with the processor time it has used (ms), and ends with its parent.
 */
const [file = '', now = '0', replies = 'full'] = process.argv.slice(2);
const clock = clockFrom(Number(now));
const standin = await startExigoStandin({
  database: openSqlite(file, clock),
  clock,
  ...LOGIN,
  keepJournal: false,
  headOnly: replies === 'head',
});
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000 });
});
process.send?.({ url: standin.url });
