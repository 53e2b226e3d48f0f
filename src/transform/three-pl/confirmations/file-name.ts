/** Names that are never a 3PL's file: under way, being taken by us, hidden. */
const NEVER = /(^\.|\.(part|filepart|tmp|taken)$)/i;

/** Why a pattern of file names cannot be used, or null. */
export function patternFault(pattern: string): string | null {
  if (pattern.trim() === '') return 'is empty';
  if (/[/\\]/.test(pattern)) return `"${pattern}": a pattern is of names, the folder is inbox.folder`;
  if (NEVER.test(pattern))
    return `"${pattern}": names of this kind are left alone, files under way have them`;
  if (/[[\]{}]/.test(pattern)) return `"${pattern}": only * and ? stand for other characters`;
  return null;
}

/**
 * Whether a name is one of the patterns': `*` any characters, `?` one; capitals do not count. Never one of a file that is
 * under way, nor of a trigger.
 */
export function nameMatcher(
  patterns: readonly string[],
  triggerEnding: string | null,
): (name: string) => boolean {
  const forms = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replace(/\*+/g, '.*')
          .replaceAll('?', '.')}$`,
        'isu',
      ),
  );
  const trigger = triggerEnding?.toLowerCase();
  return (name) =>
    !NEVER.test(name) &&
    !(trigger !== undefined && name.toLowerCase().endsWith(trigger)) &&
    forms.some((form) => form.test(name));
}
