import { startExigoStandin } from '../src/standins/exigo/server.js';
import { clockFrom, LOGIN } from './install.js';
import { openSite, type Site } from './site.js';

/**
 * The Exigo stand-in as a process of its own: `standin.js <site> <now> full|head`. Sends its address to its
 * parent, answers every message with the processor time it has used (ms), and ends with its parent.
 */
const [site = '', now = '0', replies = 'full'] = process.argv.slice(2);
const clock = clockFrom(Number(now));
const standin = await startExigoStandin({
  database: await openSite(JSON.parse(site) as Site, clock),
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
