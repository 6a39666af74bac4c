// Which HTML and CSS features of a mail do not work in Gmail, Outlook or Apple Mail, by the tables of caniemail.com.
// The tables cannot know whether a lost feature matters: where it does not, tools/caniemail-allow.json says why.
// Partly supported features pass, because nearly every one has some rare case that fails somewhere.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const CLIENTS = ['gmail.*', 'outlook.*', 'apple-mail.*'];

const files = process.argv.slice(2);
if (!files.length || files[0].startsWith('-')) {
  console.error('usage: check-mail-clients FILE.html…');
  process.exit(2);
}
const { caniemail } = createRequire(process.env.PULSE_NPM)('caniemail');
const allowed = JSON.parse(readFileSync(new URL('../caniemail-allow.json', import.meta.url), 'utf8'));
for (const { feature, clients, reason } of allowed) {
  if (!feature || !clients?.length || !reason) throw new Error(`caniemail-allow.json: ${feature} lacks its clients or its reason`);
}

const matches = (pattern, client) => (pattern.endsWith('*') ? client.startsWith(pattern.slice(0, -1)) : client === pattern);
const isAllowed = (feature, client) =>
  allowed.some((a) => a.feature === feature && a.clients.some((pattern) => matches(pattern, client)));

let failed = false;
for (const file of files) {
  let found;
  try {
    found = findings(readFileSync(file, 'utf8'));
  } catch (e) {
    found = [`unreadable — ${e.message.split('\n')[0]}`];
  }
  failed ||= found.length > 0;
  console.log(found.length ? `FAIL ${file}: ${found.join('\n    ')}` : `pass ${file}`);
}
process.exit(failed ? 1 : 0);

function findings(html) {
  const clientsWithout = new Map(); // feature -> clients that do not have it
  for (const [client, issues] of caniemail({ clients: CLIENTS, html }).issues.errors) {
    for (const { title } of issues) {
      if (!isAllowed(title, client)) clientsWithout.set(title, (clientsWithout.get(title) ?? new Set()).add(client));
    }
  }
  // The tables are silent about elements that no client has ever taken.
  const refused = new Set([...html.matchAll(/<(script|iframe|object|embed|link)\b/gi)].map((m) => m[1].toLowerCase()));
  return [
    ...[...refused].map((element) => `<${element}> element — in no mail client`),
    ...[...clientsWithout].map(([feature, clients]) => `${feature} — not in ${[...clients].join(', ')}`),
  ];
}
