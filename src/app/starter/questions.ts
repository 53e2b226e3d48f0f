import { createInterface } from 'node:readline/promises';
import { didYouMean } from '../../core/text.js';
import type { StarterChoice } from './starter.js';

const THREE_PL = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** What is wrong with the name of a 3PL; null: nothing. */
export function threePlFault(name: string): string | null {
  return THREE_PL.test(name)
    ? null
    : `"${name}": a 3PL is named by small letters, digits and hyphens: atlas, north-2`;
}

/** Asks on a terminal what a project is for; Enter takes what stands in brackets. */
export async function askChoice(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<StarterChoice> {
  const terminal = createInterface({ input, output });
  try {
    const ask = async (question: string, fault: (answer: string) => string | null): Promise<string> => {
      for (;;) {
        const answer = (await terminal.question(`${question} `)).trim();
        const wrong = answer === '' ? null : fault(answer);
        if (wrong === null) return answer;
        output.write(`${wrong}\n`);
      }
    };
    const engine = await ask('Database, sqlite or sqlserver? [sqlite]', oneOf(['sqlite', 'sqlserver']));
    const threePl = await ask('Name of your warehouse? [two examples]', threePlFault);
    const godatafeed = await ask('Marketplace orders of GoDataFeed, yes or no? [no]', oneOf(['yes', 'no']));
    return {
      engine: engine === 'sqlserver' ? 'sqlserver' : 'sqlite',
      threePls: threePl === '' ? [] : [threePl],
      godatafeed: godatafeed === 'yes',
    };
  } finally {
    terminal.close();
  }
}

function oneOf(words: readonly string[]): (answer: string) => string | null {
  return (answer) =>
    words.includes(answer)
      ? null
      : `"${answer}" is not one of ${words.join(', ')}${didYouMean(answer, words)}`;
}
