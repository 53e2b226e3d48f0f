// Writes config/orderferry.schema.json from the schema that checks the configuration. Run it with
// `node --import tsx scripts/config-schema.mjs` after a change of src/app/config/schema.ts.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '../src/app/config/keys.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(`${root}config/orderferry.schema.json`, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
execFileSync(`${root}node_modules/.bin/biome`, ['format', '--write', 'config/orderferry.schema.json'], {
  cwd: root,
});
