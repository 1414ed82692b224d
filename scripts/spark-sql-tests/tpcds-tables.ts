/** The empty tables of TPC-DS that some of Spark's files read: columns by the prefix of their table, decimals have seven digits. */

const SALES =
  'sold_time_sk I, item_sk I, promo_sk I, order_number I, quantity I, wholesale_cost D, list_price D, sales_price D, ' +
  'ext_discount_amt D, ext_sales_price D, ext_wholesale_cost D, ext_list_price D, ext_tax D, coupon_amt D, net_paid D, net_paid_inc_tax D, ' +
  'net_profit D';

const COLUMNS: Readonly<Record<string, readonly [prefix: string, columns: string]>> = {
  store_sales: [
    'ss',
    `${SALES}, customer_sk I, cdemo_sk I, hdemo_sk I, addr_sk I, store_sk I, ticket_number I, sold_date_sk I`,
  ],
  web_sales: ['ws', `${SALES}, bill_customer_sk I, ship_date_sk I, web_page_sk I, web_site_sk I, sold_date_sk I`],
  catalog_sales: ['cs', `${SALES}, bill_customer_sk I, ship_date_sk I, call_center_sk I, sold_date_sk I`],
  store_returns: [
    'sr',
    'return_time_sk I, item_sk I, customer_sk I, cdemo_sk I, hdemo_sk I, addr_sk I, store_sk I, reason_sk I, ticket_number I, ' +
      'return_quantity I, return_amt D, return_tax D, return_amt_inc_tax D, fee D, net_loss D, returned_date_sk I',
  ],
  date_dim: [
    'd',
    'date_sk I, date_id S, date T, month_seq I, week_seq I, quarter_seq I, year I, dow I, moy I, dom I, qoy I, fy_year I, day_name S, ' +
      'quarter_name S, holiday S, weekend S',
  ],
  store: [
    's',
    'store_sk I, store_id S, store_name S, number_employees I, market_id I, city S, county S, state S, zip S',
  ],
  customer: ['c', 'customer_sk I, customer_id S, current_cdemo_sk I, current_addr_sk I, first_name S, last_name S'],
  item: [
    'i',
    'item_sk I, item_id S, item_desc S, current_price D, wholesale_cost D, brand_id I, brand S, class_id I, class S, category_id I, ' +
      'category S, manufact_id I, manufact S, size S, color S, manager_id I, product_name S',
  ],
};
const TYPES: Readonly<Record<string, string>> = { I: 'INT', D: 'DECIMAL(7,2)', S: 'STRING', T: 'DATE' };

/** The statements that make the tables, empty. */
export function tpcdsTables(): string[] {
  return Object.entries(COLUMNS).map(([name, [prefix, columns]]) => {
    const written = columns.split(', ').map((column) => {
      const [word = '', type = ''] = column.split(' ');
      return `${prefix}_${word} ${TYPES[type] ?? ''}`;
    });
    return `CREATE TABLE ${name} (${written.join(', ')}) USING parquet`;
  });
}
