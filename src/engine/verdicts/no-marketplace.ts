import { exclude, type TransformTools } from '../../core/pipeline.js';

/** For transforms whose pipeline tells no marketplace anything. */
export const NO_MARKETPLACE: Pick<TransformTools, 'linked' | 'report'> = {
  linked: () => false,
  report: () => exclude('NOT_A_MARKETPLACE_ORDER'),
};

/** For transforms whose pipeline sends no notices. */
export const NO_NOTICES: Pick<TransformTools, 'returnNotice'> = {
  returnNotice: () => exclude('NOT_A_RETURN'),
};
