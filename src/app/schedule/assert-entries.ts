import type { Config } from '../../core/config.js';
import { ConfigurationError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { didYouMean } from '../../core/text.js';

/**
 * The schedule names pipelines that there are, those of a project included; they are known when its files are loaded, which
 * is after the configuration. Throws one ConfigurationError with every wrong name.
 */
export function assertEntries(
  { schedule }: Pick<Config, 'schedule'>,
  pipelines: readonly AnyPipeline[],
): void {
  const names = pipelines.map(({ name }) => name);
  const faults = (schedule?.entries ?? []).flatMap((entry, i) =>
    entry.pipelines.flatMap((name, j) =>
      names.includes(name)
        ? []
        : [
            `schedule.entries[${i}].pipelines[${j}]: there is no pipeline "${name}"${didYouMean(name, names)}`,
          ],
    ),
  );
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
}
