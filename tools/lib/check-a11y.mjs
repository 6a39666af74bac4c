// Each page as different people meet it: in the light, in the dark, on a narrow screen, without scripts; and mail
// also in clients that drop <style> or keep images back. The machine-testable rules of WCAG 2.2 A and AA, by axe.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { address, launch, packages, visit } from './browser.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const NARROW = 320; // CSS pixels: WCAG 1.4.10, reflow.

const args = process.argv.slice(2);
const mail = args[0] === '--mail' && Boolean(args.shift());
if (!args.length || args[0].startsWith('-')) {
  console.error('usage: check-a11y [--mail] FILE.html|http://127.0.0.1:PORT/…');
  process.exit(2);
}

const axe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch();
const scratch = mkdtempSync(join(tmpdir(), 'pulse-a11y-'));
let failed = false;
for (const name of args) {
  let found;
  try {
    found = await findings(name);
  } catch (e) {
    found = [`unreadable — ${e.message.split('\n')[0]}`];
  }
  failed ||= found.length > 0;
  console.log(found.length ? `FAIL ${name}: ${found.join('\n    ')}` : `pass ${name}`);
}
await browser.close();
rmSync(scratch, { recursive: true });
process.exit(failed ? 1 : 0);

async function findings(name) {
  const url = address(name);
  const found = new Map(); // what is wrong -> the settings it was seen in
  const note = (finding, setting) => found.set(finding, [...(found.get(finding) ?? []), setting]);
  const settings = [
    ['light', url, {}],
    ['dark', url, { dark: true }],
    [`${NARROW} px`, url, { width: NARROW }],
  ];
  if (mail) {
    const styleless = copy(name, 'no-style', /<style\b[^>]*>[\s\S]*?<\/style>/gi, '');
    const imageless = copy(name, 'no-images', /(<img\b[^>]*?\ssrc=)("[^"]*"|'[^']*')/gi, '$1"data:,"');
    settings.push([`no style, ${NARROW} px`, styleless, { width: NARROW }], [`no images, ${NARROW} px`, imageless, { width: NARROW }]);
  }
  const [scriptless, ...seen] = await Promise.all([
    visit(browser, url, { js: false }, content),
    ...settings.map(([, at, options]) => visit(browser, at, options, look)),
  ]);
  seen.forEach(({ faults }, i) => faults.forEach((fault) => note(fault, settings[i][0])));

  // Everything that can be read with scripts can be read without them.
  if (!scriptless.text) note('content — nothing to read', 'no scripts');
  const missing = seen[0].headings.filter((heading) => !scriptless.headings.includes(heading));
  if (missing.length) note(`content — ${missing.length} headings are missing, first “${missing[0]}”`, 'no scripts');
  return [...found].map(([finding, where]) => `${finding} [${where.join('; ')}]`);
}

/** What is wrong with a page in one setting, and its headings. */
async function look(page) {
  const faults = await violations(page);
  const [scroll, client] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  if (scroll > client) faults.push(`reflow — content is ${scroll} px wide in a window of ${client} px`);
  return { faults, headings: (await content(page)).headings };
}

/** axe is evaluated, not added as a script element, so that a page's content security policy does not matter. */
async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate((tags) => axe.run({ runOnly: { type: 'tag', values: tags } }), TAGS);
  if (!result.passes.length && !result.violations.length) return ['no-rule — axe found nothing that it could judge'];
  // Text in exactly the colour of its background axe calls undecided, as if it were hidden on purpose. Here it is lost text.
  const lost = result.incomplete
    .map((rule) => ({ ...rule, nodes: rule.nodes.filter((n) => n.any.some((check) => check.data?.messageKey === 'equalRatio')) }))
    .filter((rule) => rule.nodes.length);
  return [...result.violations, ...lost].map(({ id, help, nodes }) => {
    const more = nodes.length > 1 ? ` and ${nodes.length - 1} more` : '';
    return `${id} — ${help}: ${nodes[0].target.join(' ')}${more}`;
  });
}

/** What a person can read: the main text and the headings that show. */
function content(page) {
  return page.evaluate(() => {
    const shows = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return {
      text: (document.querySelector('main') ?? document.body).innerText.trim(),
      headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(shows).map((h) => h.innerText.trim()),
    };
  });
}

/** The address of a copy in which one thing is replaced by another. */
function copy(name, folder, from, to) {
  const path = join(scratch, folder, basename(name));
  mkdirSync(join(scratch, folder), { recursive: true });
  writeFileSync(path, readFileSync(name, 'utf8').replace(from, to));
  return address(path);
}
