import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { CONTEXT, fileBytes, sampleOrder, templateValue } from './sample.js';

const page = readFileSync(new URL('../../../docs/3pl-templates.md', import.meta.url), 'utf8');
const blocks = Array.from(page.matchAll(/^```(\w*)\n(.*?)^```$/gms), ([, language, text = '']) => ({
  language,
  text,
}));
const order = sampleOrder({
  lines: [{ ItemCode: 'TEA-GREEN' }, { ItemCode: 'MUG-BLUE', Quantity: '1.0000' }],
});

describe('the examples of docs/3pl-templates.md', () => {
  it('are templates without faults, and write what the page shows', () => {
    let shown = 0;
    for (const [i, { language, text }] of blocks.entries()) {
      if (language !== 'yaml') continue;
      const value: object = parse(text);
      const sections = templateValue('header' in value ? { columns: undefined, ...value } : { ...value });
      const whole = 'name' in value ? value : sections;
      const target = makeThreePl(parseTemplate(whole, `block ${i}`), '/');
      const output = blocks[i + 1];
      if (output === undefined || output.language !== '') continue;
      expect(fileBytes(target, [order], CONTEXT).toString().replaceAll('\r\n', '\n')).toBe(output.text);
      shown++;
    }
    expect(shown).toBe(3);
  });

  it('name every hold code', () => {
    for (const code of [
      'NO_ROUTE',
      'UNMAPPED',
      'REQUIRED_EMPTY',
      'TOO_LONG',
      'NOT_ENCODABLE',
      'BAD_NUMBER',
    ]) {
      expect(page).toContain(`\`${code}\``);
    }
  });
});
