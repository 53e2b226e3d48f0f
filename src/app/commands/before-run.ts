import { ConfigurationError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { assertGrants } from '../../db/sqlserver/grants.js';
import { type EngineContext, syncTables } from '../../engine/context.js';
import { hasEffects } from '../../queue/reads/listed.js';
import { PIPELINES } from '../pipelines.js';

/** Names what this login lacks, where the engine has grants. */
export async function assertMayRun(context: EngineContext): Promise<void> {
  const { database, hosted } = context;
  const own = hosted === null && syncTables(context) !== null;
  await assertGrants(database, 'database', own ? ['sync', 'run'] : ['run']);
  if (hosted !== null) await assertGrants(hosted.database, 'syncDatabase', ['sync']);
}

/** A business key names its pipeline: two of them that hand the same orders over would each do it once. */
export async function assertOneHandOver(
  { database, pipelines }: EngineContext,
  pipeline: AnyPipeline,
): Promise<void> {
  if (pipeline.load[0]?.kind !== '3pl-file') return;
  const others = [...PIPELINES, ...pipelines].filter(
    ({ name, load }) => name !== pipeline.name && load[0]?.kind === '3pl-file',
  );
  for (const { name } of others) {
    if (!(await hasEffects(database, name))) continue;
    throw new ConfigurationError(
      `${name} has handed orders over from this database, and ${pipeline.name} would hand them over once more; nothing was done. Set source.orders back, or take the other pipeline out of the project, or give the new one a state database of its own once every order of this one is Printed`,
    );
  }
}
