import { CONTEXT, example, fileBytes, sampleOrder } from './sample.js';

// Run as a child process under several time zones and locales.
for (const name of ['atlas', 'borealis']) {
  const target = example(name);
  const order = sampleOrder({ row: { WarehouseID: name === 'atlas' ? 1 : 2 } });
  const bytes = fileBytes(target, [order]).toString('base64');
  process.stdout.write(`${target.fileName(CONTEXT)} ${bytes}\n`);
}
