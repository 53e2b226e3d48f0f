import type { NoticeKind } from '../../core/hand-over.js';
import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';

/** What a pipeline is for, as an order's story tells it; by its first step. */
export interface PipelineWords {
  /** What is to be done for a target. */
  readonly readyFor: (target: string) => string;
  /** That a file of it has left. */
  readonly sentIn: (target: string, file: string) => string;
  /** How it is when everything is done. */
  readonly delivered: string;
  /** Where its later steps are read back. */
  readonly readBackIn: string;
}

const sentIn = (target: string, file: string) => `handed over to ${target} in ${file}`;

const HAND_OVER: PipelineWords = {
  readyFor: (target) => `to be handed over to ${target}`,
  sentIn,
  delivered: 'the warehouse has it',
  readBackIn: 'Exigo',
};

const WORDS: Readonly<Partial<Record<StepDescription['kind'], PipelineWords>>> = {
  'godatafeed-update': {
    readyFor: (store) => `to be reported to its marketplace (store ${store})`,
    sentIn,
    delivered: 'its marketplace has it',
    readBackIn: 'GoDataFeed',
  },
  'exigo-tracking': {
    readyFor: (threePl) => `shipped by ${threePl}: Exigo is to be told`,
    sentIn,
    delivered: 'Exigo has its tracking numbers and shows it as Shipped',
    readBackIn: 'Exigo',
  },
  'exigo-return-order': {
    readyFor: (threePl) => `came back to ${threePl}: a return order is to be made`,
    sentIn,
    delivered: 'its return order is in Exigo',
    readBackIn: 'Exigo',
  },
  'exigo-cancel': {
    readyFor: (store) => `to be canceled in Exigo (ended in store ${store})`,
    sentIn,
    delivered: 'it is Canceled in Exigo',
    readBackIn: 'Exigo',
  },
};

const NOTICES: Readonly<Record<NoticeKind, PipelineWords>> = {
  cancellations: {
    readyFor: (threePl) => `${threePl} is to be asked to cancel it`,
    sentIn: (threePl, file) => `${threePl} is asked to cancel it in ${file}`,
    delivered: 'the warehouse has canceled it',
    readBackIn: 'the files of the 3PL',
  },
  returns: {
    readyFor: (threePl) => `${threePl} is to be told of the return`,
    sentIn: (threePl, file) => `${threePl} is told of the return in ${file}`,
    delivered: 'the warehouse knows of the return',
    readBackIn: 'the files of the 3PL',
  },
};

export function wordsOf(pipelines: readonly AnyPipeline[], name: string): PipelineWords {
  const first = pipelines.find((pipeline) => pipeline.name === name)?.load[0];
  if (first?.kind === '3pl-notice') return NOTICES[first.section];
  const kind = first?.kind;
  return (kind === undefined ? undefined : WORDS[kind]) ?? HAND_OVER;
}
