/**
 * A small tenant, invented for the demo and the tests: a tea shop that ships from three warehouses to six
 * countries, with names, addresses and notes as people write them.
 */

export interface SampleItem {
  readonly id: number;
  readonly description: string;
  readonly price: string;
  /** Pounds. */
  readonly weight: string;
  /** Codes and quantities of what a kit contains; its components cost nothing. */
  readonly kit?: readonly (readonly [code: string, quantity: string])[];
}

export interface SampleCustomer {
  readonly name: readonly [first: string, last: string];
  readonly company?: string;
  readonly address: readonly [line1: string, line2: string];
  readonly place: readonly [city: string, state: string, zip: string, country: string];
  readonly currency: string;
}

export interface SampleOrder {
  readonly customer: number;
  /** How long before now the order last changed. */
  readonly minutesAgo: number;
  readonly warehouse: number;
  readonly shipMethod: number;
  /** Item codes and quantities. */
  readonly lines: readonly (readonly [code: string, quantity: string])[];
  /** OrderStatusID; Accepted unless given. */
  readonly status?: number;
  /** OrderTypeID; ShoppingCart unless given. */
  readonly type?: number;
  readonly notes?: string;
  /** Columns of dbo.Orders that differ from what the rest implies. */
  readonly row?: Readonly<Record<string, string | number | null>>;
  /** PaymentTypeID and amount; one card payment of the total unless given. */
  readonly payments?: readonly (readonly [type: number, amount: string])[];
  /** The header is there, the lines come later. */
  readonly linesLate?: boolean;
}

export const ITEMS: Readonly<Record<string, SampleItem>> = {
  'TEA-GREEN': { id: 101, description: 'Green tea, 100 g', price: '9.50', weight: '0.2500' },
  'TEA-ROOIBOS': { id: 102, description: 'Rooibos, 250 g', price: '14.20', weight: '0.6000' },
  'TEA-CHAI': { id: 103, description: '"Night market" chai, 200 g', price: '16.90', weight: '0.5000' },
  'MUG-BLUE': { id: 201, description: 'Mug, blue glaze', price: '18.00', weight: '0.9000' },
  'MUG-SAND': { id: 202, description: 'Mug, sand glaze', price: '18.00', weight: '0.9000' },
  STRAINER: { id: 203, description: 'Strainer, steel, 0.3 mm', price: '7.25', weight: '0.1000' },
  'HONEY-500': { id: 301, description: "Baker's honey; 500 g", price: '11.80', weight: '1.2000' },
  'LINEN-M': { id: 302, description: 'Tea linen, by the metre', price: '12.40', weight: '0.4000' },
  'KIT-STARTER': {
    id: 901,
    description: 'Starter kit',
    price: '49.00',
    weight: '0.0000',
    kit: [
      ['TEA-GREEN', '2'],
      ['MUG-BLUE', '1'],
      ['STRAINER', '1'],
    ],
  },
  'KIT-MUGS': {
    id: 902,
    description: 'Two mugs in a box',
    price: '32.00',
    weight: '0.0000',
    kit: [
      ['MUG-BLUE', '1'],
      ['MUG-SAND', '1'],
    ],
  },
};

/** WarehouseID: description, address, city, state, zip, country. */
export const WAREHOUSES: readonly (readonly [number, string, string, string, string, string, string])[] = [
  [1, 'Reno', '4100 Basin Way', 'Reno', 'NV', '89502', 'US'],
  [2, 'Leipzig', 'Am Güterring 8', 'Leipzig', 'SN', '04356', 'DE'],
  [3, 'Lyon', '22 rue des Entrepôts', 'Lyon', '', '69007', 'FR'],
  [9, 'Closed in spring', '1 Old Mill Rd', 'Salem', 'OR', '97301', 'US'],
];

/** ShipMethodID: description, WarehouseID, ShipCarrierID (2 FedEx, 3 UPS, 20 DHL, 23 USPS). */
export const SHIP_METHODS: readonly (readonly [number, string, number, number])[] = [
  [1, 'Ground', 1, 23],
  [2, 'Two days', 1, 3],
  [3, 'Overnight', 1, 2],
  [4, 'Canada', 1, 3],
  [5, 'Latin America', 1, 20],
  [6, 'Standard', 2, 20],
  [7, 'Express', 2, 20],
  [8, 'Standard', 3, 20],
  [9, 'Express', 3, 2],
];

export const CUSTOMERS: Readonly<Record<number, SampleCustomer>> = {
  3101: {
    name: ['Maya', 'Okafor'],
    address: ['118 Larkspur Ln, rear entrance', 'Apt 4'],
    place: ['Austin', 'TX', '78704', 'US'],
    currency: 'usd',
  },
  3102: {
    name: ['Sean', "O'Donnell"],
    address: ['77 Wharf St', ''],
    place: ['Portland', 'ME', '04101', 'US'],
    currency: 'usd',
  },
  3103: {
    name: ['Grace "Gigi"', 'Lindqvist'],
    address: ['9 Aspen Ct', ''],
    place: ['Duluth', 'MN', '55802', 'US'],
    currency: 'usd',
  },
  3104: {
    name: ['Tomás', 'Rivera'],
    address: ['640 E Speedway', '#12'],
    place: ['Tucson', 'AZ', '85701', 'US'],
    currency: 'usd',
  },
  3105: {
    name: ['Chloé', 'Tremblay'],
    address: ['2400 rue du Fleuve', ''],
    place: ['Montréal', 'QC', 'H2X 3K8', 'CA'],
    currency: 'cad',
  },
  3106: {
    name: ['Arjun', 'Dhillon'],
    address: ['88 Cordova Mews', 'Unit 1503'],
    place: ['Vancouver', 'BC', 'V6B 1A1', 'CA'],
    currency: 'cad',
  },
  3107: {
    name: ['Jürgen', 'Weiß'],
    address: ['Schöne Aussicht 12', ''],
    place: ['Berlin', 'BE', '10119', 'DE'],
    currency: 'eur',
  },
  3108: {
    name: ['Käthe', 'Müller-Großmann'],
    company: 'Teehaus Müller & Söhne GmbH',
    address: ['Am Großen Teich 3', 'Hinterhaus, 2. OG'],
    place: ['Görlitz', 'SN', '02826', 'DE'],
    currency: 'eur',
  },
  3109: {
    name: ['Anaïs', 'Lefèvre'],
    address: ["14 rue de l'Église", ''],
    place: ['Orléans', '', '45000', 'FR'],
    currency: 'eur',
  },
  3110: {
    name: ['François', "D'Aubry"],
    company: 'Épicerie « Le Pré »',
    address: ['ZA du Pré, bât. C', 'Quai 2'],
    place: ['Évreux', '', '27000', 'FR'],
    currency: 'eur',
  },
  3111: {
    name: ['María José', 'Núñez Peña'],
    address: ['Av. Álvaro 45', 'Col. Roma Norte'],
    place: ['Ciudad de México', 'CMX', '06700', 'MX'],
    currency: 'mxp',
  },
  3112: {
    name: ['Iñaki', 'Ibáñez'],
    address: ['Calle 60 núm. 318', ''],
    place: ['Mérida', 'YUC', '97000', 'MX'],
    currency: 'mxp',
  },
  3113: {
    name: ['João', 'Araújo'],
    address: ['Rua da Consolação, 900', 'Ap. 31'],
    place: ['São Paulo', 'SP', '01302-000', 'BR'],
    currency: 'brl',
  },
  3114: {
    name: ['Conceição', "d'Ávila"],
    address: ['Travessa do Mercado, 7', ''],
    place: ['Belém', 'PA', '66010-000', 'BR'],
    currency: 'brl',
  },
};
