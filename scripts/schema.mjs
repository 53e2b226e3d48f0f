// Writes sql/sqlite/schema.sql and sql/sqlserver/schema.sql, the state schema after all migrations, for people to read.
// Run it with `npm run schema` after a new migration.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sqliteSchema, sqlServerSchema } from './schema-text.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}sql/sqlite/schema.sql`, await sqliteSchema());
writeFileSync(`${root}sql/sqlserver/schema.sql`, sqlServerSchema());
