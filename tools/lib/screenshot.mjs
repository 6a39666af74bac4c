// A picture of a whole page, for a person to look at.
import { parseArgs } from 'node:util';
import { address, launch, visit } from './browser.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '1024' },
    dark: { type: 'boolean', default: false },
    'no-js': { type: 'boolean', default: false },
  },
});
if (positionals.length !== 2) {
  console.error('usage: screenshot FILE.html|http://127.0.0.1:PORT/… OUT.png [--width 600] [--dark] [--no-js]');
  process.exit(2);
}
const [from, to] = positionals;
const browser = await launch();
const options = { width: Number(values.width), dark: values.dark, js: !values['no-js'] };
await visit(browser, address(from), options, (page) => page.screenshot({ path: to, fullPage: true }));
await browser.close();
