import type { Config } from '../../core/config.js';
import { messageOf } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { counted } from '../../core/text.js';
import { assertPipelineNames } from '../pipeline-names.js';
import { PIPELINES, pipelinesFor } from '../pipelines.js';
import { exitCodeOf } from '../process.js';
import { assertModes, shadowNotes } from '../shadow-rules.js';
import { type Check, failed, passed } from './check.js';

/** The pipelines that run here, those of the project among them, and which of them run in shadow. */
export async function checkPipelines(
  config: Config,
  own: () => Promise<readonly AnyPipeline[]>,
): Promise<Check[]> {
  try {
    const project = await own();
    assertModes(config, [...PIPELINES, ...project]);
    assertPipelineNames(config, [...PIPELINES, ...project]);
    const here = pipelinesFor(config, project);
    const ours = project.length === 0 ? '' : `, ${counted(project.length, 'pipeline')} of the project`;
    return [
      passed('pipelines', `${here.map(({ name }) => name).join(', ')}${ours}`),
      ...shadowNotes(config, here).map((note) => passed('mode', note)),
    ];
  } catch (error) {
    return [
      failed('pipelines', messageOf(error), 'mend the file or the key that is named', exitCodeOf(error)),
    ];
  }
}
