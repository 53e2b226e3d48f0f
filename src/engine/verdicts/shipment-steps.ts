import { InvariantError } from '../../core/errors.js';
import type { ShipmentPipeline } from '../../core/pipeline.js';

export interface ShipmentSteps {
  readonly tracking: string;
  readonly shipped: string | null;
}

export function shipmentSteps({ name, load }: ShipmentPipeline): ShipmentSteps {
  const [tracking, shipped] = load;
  if (tracking === undefined) throw new InvariantError(`pipeline ${name} has no step`);
  return { tracking: tracking.step, shipped: shipped?.step ?? null };
}
