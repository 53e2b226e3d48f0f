const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/y;

/**
 * The elements of a list in a JSON document as they are written there, digits, spaces and order of keys included:
 * what is frozen is the vendor's text, not ours. The path leads through objects, names compared without case;
 * empty for the document itself. Null when there is no list. The document must have been parsed before.
 */
export function elementsOf(text: string, path: readonly string[]): string[] | null {
  const at = placeOf(text, path);
  if (at === null) return null;
  let token = tokenAt(text, at);
  if (token.text !== '[') return null;
  const elements: string[] = [];
  let start = token.end;
  if (tokenAt(text, start).text === ']') return elements;
  do {
    const end = valueEnd(text, start);
    elements.push(text.slice(start, end).trim());
    token = tokenAt(text, end);
    start = token.end;
  } while (token.text === ',');
  return elements;
}

/** One value in a JSON document as it is written there; null when there is none. */
export function sliceOf(text: string, path: readonly string[]): string | null {
  const at = placeOf(text, path);
  return at === null ? null : text.slice(at, valueEnd(text, at)).trim();
}

function placeOf(text: string, path: readonly string[]): number | null {
  return path.reduce<number | null>((at, name) => (at === null ? null : memberOf(text, at, name)), 0);
}

/** Where the value of a member begins; an exact name wins, as with parsed objects. */
function memberOf(text: string, from: number, name: string): number | null {
  let token = tokenAt(text, from);
  if (token.text !== '{') return null;
  let alike: number | null = null;
  let at = token.end;
  if (tokenAt(text, at).text === '}') return null;
  do {
    const key = tokenAt(text, at);
    const value = tokenAt(text, key.end).end;
    const found: unknown = JSON.parse(key.text);
    if (found === name) return value;
    if (String(found).toLowerCase() === name.toLowerCase()) alike ??= value;
    token = tokenAt(text, valueEnd(text, value));
    at = token.end;
  } while (token.text === ',');
  return alike;
}

function valueEnd(text: string, from: number): number {
  let depth = 0;
  let token = tokenAt(text, from);
  for (;;) {
    if (token.text === '{' || token.text === '[') depth++;
    if (token.text === '}' || token.text === ']') depth--;
    if (depth === 0 || token.text === '') return token.end;
    token = tokenAt(text, token.end);
  }
}

function tokenAt(text: string, at: number): { readonly text: string; readonly end: number } {
  TOKEN.lastIndex = at;
  const token = TOKEN.exec(text)?.[1] ?? '';
  return { text: token, end: token === '' ? text.length : TOKEN.lastIndex };
}
