import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const LEFT_OUT = new Set(['node_modules', 'dist', 'var', 'coverage']);

/** Files below a folder of the repository, as paths from its root; hidden folders left out. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return LEFT_OUT.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path, ending);
      }
      return entry.name.endsWith(ending) ? [path] : [];
    })
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every page of the repository. */
export function pages(): string[] {
  return filesBelow('.', '.md');
}

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

export interface Block {
  readonly language: string;
  readonly text: string;
}

export function codeBlocks(markdown: string): Block[] {
  return Array.from(markdown.matchAll(FENCE), ([, language = '', text = '']) => ({ language, text }));
}

/** Prose without its code, in which brackets are brackets. */
function proseOf(markdown: string): string {
  return markdown.replace(FENCE, '').replace(/`[^`\n]*`/g, '');
}

/** Relative links of a page that lead nowhere: no such file, or no such heading in it. */
export function brokenLinks(page: string): string[] {
  const links = Array.from(proseOf(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
  return links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    if (!existsSync(join(ROOT, file))) return true;
    if (anchor === undefined) return false;
    return statSync(join(ROOT, file)).isDirectory() || !anchorsOf(textOf(file)).has(anchor);
  });
}

/** Anchors of the headings, as code hosts make them: small letters, spaces as hyphens, punctuation dropped. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(FENCE, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** A command line that a page shows: the words after `orderferry`. */
export function shownCommands(markdown: string): string[][] {
  const spans = markdown.replace(FENCE, '').matchAll(/`([^`\n]+)`/g);
  const code = [
    ...Array.from(spans, ([, text = '']) => text),
    ...codeBlocks(markdown).flatMap(({ text }) => text.replace(/\\\n\s*/g, ' ').split('\n')),
  ];
  return code.flatMap((line) =>
    Array.from(
      line.matchAll(/(?:^|[\s"&;])orderferry ((?:--config \S+ |--quiet )?(?:3pl|[a-z])[^"\n]*)/g),
      (match) => wordsOf(match[1] ?? ''),
    ),
  );
}

/** Words of one command, up to where a shell would begin the next one, or the sentence goes on; quoted text is one word. */
function wordsOf(text: string): string[] {
  const words = Array.from(text.matchAll(/'[^']*'|"[^"]*"|\S+/g), ([word]) => word);
  const end = words.findIndex((word) => /^(?:\||&&|>|2>|#|->|\.\.\.)$/.test(word) || /[;,:.)]$/.test(word));
  const last = words[end] ?? '';
  const kept = last.replace(/[;,:.)]$/, '');
  return end < 0 ? words : [...words.slice(0, end), ...(kept === last || kept === '' ? [] : [kept])];
}

/** First cells of the tables of a page, with the rest of their rows. */
export function tableRows(markdown: string): { readonly first: string; readonly rest: string[] }[] {
  return Array.from(markdown.matchAll(/^\|(.+)\|$/gm), ([, row = '']) => {
    const [first = '', ...rest] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { first, rest };
  });
}

/** The words in backticks of a cell. */
export function codesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
}

/** A section of a page, from its heading up to the next one of the same level or above. */
export function sectionOf(markdown: string, heading: string): string {
  const level = heading.indexOf(' ');
  const [, after = ''] = markdown.split(`${heading}\n`);
  return after.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? '';
}
