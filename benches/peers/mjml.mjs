// MJML as a peer for the mail edition: mjml.mjs FILE.mjml OUT.html [SECONDS]
//
// Renders the same file again and again in one warm process for SECONDS of CPU time (5 unless given) and prints a line
// of JSON with the renders per second of CPU time. Run it with .tools/py/bin/node.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const packages = createRequire(new URL('../../.tools/npm/', import.meta.url));
const mjml = packages('mjml').default ?? packages('mjml');
const [file, out, seconds = '5'] = process.argv.slice(2);
if (!out) {
  console.error('usage: mjml.mjs FILE.mjml OUT.html [SECONDS]');
  process.exit(2);
}
const source = readFileSync(file, 'utf8');
// Validation is left on, in its usual form: it is part of what a person who runs MJML waits for.
const render = async () => mjml(source, { validationLevel: 'soft' });

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const coldBegan = cpuSeconds();
const first = await render();
const cold = cpuSeconds() - coldBegan;
writeFileSync(out, first.html);
const warmedUp = cpuSeconds() + 1;
while (cpuSeconds() < warmedUp) await render();

const times = [];
const end = cpuSeconds() + Number(seconds);
while (cpuSeconds() < end || times.length < 5) {
  const began = cpuSeconds();
  await render();
  times.push(cpuSeconds() - began);
}
times.sort((a, b) => a - b);
const rate = (time) => Number((1 / time).toPrecision(4));
console.log(JSON.stringify({
  tool: 'mjml',
  version: packages('mjml/package.json').version,
  renders: times.length,
  median_per_cpu_s: rate(times[times.length >> 1]),
  best_per_cpu_s: rate(times[0]),
  first_render_cpu_s: Number(cold.toFixed(3)),
  errors: first.errors?.length ?? 0,
  out_bytes: Buffer.byteLength(first.html),
}));
