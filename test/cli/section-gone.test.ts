import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../src/app/pipelines.js';
import { makePersonsBatch } from '../../src/engine/persons/persons-batch.js';
import type { Status } from '../../src/engine/status-view.js';
import { CliSite } from '../support/cli.js';

const CANCELS = 'exigo-cancellations-to-3pl';

describe('cancellations that wait where no template takes them any more', () => {
  let site: CliSite;
  beforeEach(async () => {
    site = await CliSite.open();
    for (const threePl of ['atlas', 'borealis']) {
      const file = join(site.folder, 'config', '3pl', `${threePl}.yaml`);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^cancellations:\n(?: +.*\n)+/m, ''));
    }
    await site.database.transaction((session) =>
      makePersonsBatch(
        session,
        findPipeline(CANCELS),
        'release',
        [{ key: '7', orderId: 7, changeSetId: 1, generation: 1 }],
        '2026-01-01 00:00:00.000',
      ),
    );
  });
  afterEach(() => site.close());

  it('are told by every command, shown by status, and settled by a run', async () => {
    const status = await site.run(['status', '--json']);
    const shown = status.json<Status>().pipelines.find(({ pipeline }) => pipeline === CANCELS);
    expect(shown).toMatchObject({ openBatches: 1 });
    expect(status.stderr).toContain('no template has a section');
    const run = await site.run(['run', CANCELS, '--json']);
    expect(run.code).toBe(0);
    const after = await site.run(['status', '--json']);
    expect(after.json<Status>().pipelines.map(({ pipeline }) => pipeline)).not.toContain(CANCELS);
    expect(after.stderr).not.toContain('no template has a section');
    expect((await site.run(['run', CANCELS])).code).not.toBe(0);
  });
});
