import { resolve } from 'node:path';
import type { ConfirmationFile, Confirmations } from '../../../core/confirmation.js';
import { nameMatcher } from './file-name.js';
import { fileReader } from './read.js';
import type { ConfirmationKind, ConfirmationSection } from './section.js';

/**
 * Compiles a `confirmations` section once; what comes out is pure. `baseDirectory` is what its folder is relative to; a
 * place on a server keeps its references to the environment: the loader resolves them.
 */
export function makeConfirmations(section: ConfirmationSection, baseDirectory: string): Confirmations {
  const { inbox } = section;
  return {
    inbox: inbox.kind === 'folder' ? { kind: 'folder', path: resolve(baseDirectory, inbox.path) } : inbox,
    files: section.files.map(confirmationFile),
    parcels: section.parcels,
    returned: section.returned,
    saysShipped: section.files.some(({ columns: { answer } }) =>
      [...answer.map.values(), answer.otherwise].includes('shipped'),
    ),
  };
}

function confirmationFile(kind: ConfirmationKind): ConfirmationFile {
  const { name, ready, columns } = kind;
  return {
    name,
    ready,
    references: columns.order.references,
    matches: nameMatcher(kind.match, ready.kind === 'trigger' ? ready.ending : null),
    read: fileReader(kind),
  };
}
