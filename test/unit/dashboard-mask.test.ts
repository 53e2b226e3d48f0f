import { describe, expect, it } from 'vitest';
import { html, link } from '../../src/app/dashboard/html.js';
import { isPersonal, Masker, masked, maskSentence } from '../../src/app/dashboard/mask.js';

describe('html', () => {
  it('escapes everything that is not a piece of a page itself', () => {
    const evil = `<script>alert("1")</script>' & \u202e`;
    expect(
      html`<p title="${evil}">${evil}${html`<b>${'<'}</b>`}${[1, '<i>']}${null}${false}${undefined}</p>`.text,
    ).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; \\u202e">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; \\u202e<b>&lt;</b>1&lt;i&gt;</p>',
    );
  });

  it('makes addresses whose values stay values', () => {
    expect(link('/order', { key: 'main/1&a=<b>', none: undefined, empty: '' })).toBe(
      '/order?key=main%2F1%26a%3D%3Cb%3E',
    );
  });
});

describe('what identifies a person', () => {
  it.each([
    'FirstName',
    'Address1',
    'Email',
    'Phone2',
    'MobilePhone',
    'RECIPIENT',
    'STREET',
    'Ship To',
    'Notes',
    'Company',
    'BillingName',
    'addressLine1',
  ])('is in %s', (field) => expect(isPersonal(field)).toBe(true));

  it.each([
    'OrderID',
    'ItemDescription',
    'City',
    'Country',
    'Total',
    'ShipMethodID',
    'item_name',
    'TrackingNumber1',
    'carrier_name',
  ])('is not in %s', (field) => expect(isPersonal(field)).toBe(false));

  const masker = new Masker([
    {
      OrderID: 1,
      FirstName: 'Ada',
      LastName: 'Byron',
      Address1: "14 rue de l'Églantine",
      Email: 'ada@example.com',
      City: 'Orléans',
    },
  ]);

  it('is found in any column, in other spelling, cut short or among other words', () => {
    for (const text of [
      'ADA BYRON',
      'Ada  Byron, c/o',
      "14 RUE DE L'EGLANTINE",
      '14 rue de l',
      'for Byron',
    ]) {
      expect([text, masker.field('REMARK 7', text)]).toEqual([text, masked(text)]);
    }
    expect(masker.field('CITY', 'Orléans')).toBe('Orléans');
    expect(masker.field('SKU', 'TEA-GREEN')).toBe('TEA-GREEN');
    expect(masker.field('FIRSTNAME', '')).toBe('');
  });

  it('is cut out of sentences', () => {
    expect(masker.sentence('the parcel of Ada Byron is lost')).toBe(
      'the parcel of ••• (9 characters) is lost',
    );
    expect(
      maskSentence(
        'STREET (row 1): "1 First \\"A\\" St" -> "2 Second St"; template atlas: column "ZIP" is empty',
      ),
    ).toBe(
      'STREET (row 1): "••• (16 characters)" -> "••• (11 characters)"; template atlas: column "ZIP" is empty',
    );
    expect(maskSentence('ask eve@example.org for it')).toBe('ask ••• (15 characters) for it');
  });

  it('is cut out of documents, whatever their fields are called, while places and numbers stay', () => {
    const document = {
      orderNumber: '1000123',
      buyer: { name: 'Eve', id: 'B-7', note: 'ring twice', country: 'US' },
      shippingAddress: { lineA: '1 Main Street', city: 'Dallas', postal: '75201', lines: ['c/o Eve'] },
      items: [{ sku: 'TEA', title: 'Green tea', quantity: 2, giftMessage: 'love' }],
    };
    const shown = JSON.parse(masker.json(JSON.stringify(document)));
    expect(shown).toMatchObject({
      orderNumber: '1000123',
      buyer: { name: masked('Eve'), id: 'B-7', note: masked('ring twice'), country: 'US' },
      shippingAddress: {
        lineA: masked('1 Main Street'),
        city: 'Dallas',
        postal: masked('75201'),
        lines: [masked('c/o Eve')],
      },
      items: [{ sku: 'TEA', title: 'Green tea', quantity: 2, giftMessage: masked('love') }],
    });
    expect(masker.json('no JSON')).toBe(masked('no JSON'));
  });
});
