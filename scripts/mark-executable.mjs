// npm links a bin without setting its run bit when the file is built after the link: set it ourselves.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/src/app/cli.js', import.meta.url), 0o755);
