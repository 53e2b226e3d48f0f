// One process of two that take from the same bucket: `rate-child.ts <database file> <how often>`, prints what it got.
import { systemClock } from '../../src/core/clock.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { stateBucket } from '../../src/rate/state-bucket.js';
import { takeOften } from './rate-simulation.js';

const [file = '', times = ''] = process.argv.slice(2);
const database = openSqlite(file, systemClock);
const got = await takeOften(stateBucket(database, 'one'), Number(times));
await database.close();
process.stdout.write(String(got));
