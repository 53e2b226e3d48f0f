import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';

/** What a pipeline is for, as an order's story tells it; by its first step. */
export interface PipelineWords {
  /** What is to be done for a target. */
  readonly readyFor: (target: string) => string;
  /** How it is when everything is done. */
  readonly delivered: string;
  /** Where its later steps are read back. */
  readonly readBackIn: string;
}

const HAND_OVER: PipelineWords = {
  readyFor: (target) => `to be handed over to ${target}`,
  delivered: 'the warehouse has it',
  readBackIn: 'Exigo',
};

const WORDS: Readonly<Partial<Record<StepDescription['kind'], PipelineWords>>> = {
  'godatafeed-update': {
    readyFor: (store) => `to be reported to its marketplace (store ${store})`,
    delivered: 'its marketplace has it',
    readBackIn: 'GoDataFeed',
  },
  'exigo-tracking': {
    readyFor: (threePl) => `shipped by ${threePl}: Exigo is to be told`,
    delivered: 'Exigo has its tracking numbers and shows it as Shipped',
    readBackIn: 'Exigo',
  },
  '3pl-notice': {
    readyFor: (threePl) => `a notice of it is to go to ${threePl}`,
    delivered: 'the warehouse has its notice',
    readBackIn: 'Exigo',
  },
  'exigo-return-order': {
    readyFor: (threePl) => `came back to ${threePl}: a return order is to be made`,
    delivered: 'its return order is in Exigo',
    readBackIn: 'Exigo',
  },
  'exigo-cancel': {
    readyFor: (store) => `to be canceled in Exigo (ended in store ${store})`,
    delivered: 'it is Canceled in Exigo',
    readBackIn: 'Exigo',
  },
};

export function wordsOf(pipelines: readonly AnyPipeline[], name: string): PipelineWords {
  const kind = pipelines.find((pipeline) => pipeline.name === name)?.load[0]?.kind;
  return (kind === undefined ? undefined : WORDS[kind]) ?? HAND_OVER;
}
