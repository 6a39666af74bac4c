// SPF, DKIM and DMARC of messages, with DNS from a file. Beyond what makes a signature valid, what protects readers:
// RFC 6376 section 8.15 (each signed header listed once more than it occurs), RFC 8058 section 4 (the way out is signed),
// RFC 8301 (2048 bits), RFC 8463 (Ed25519 beside RSA).
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const SIGNED = ['From', 'Reply-To', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type', 'List-Id', 'List-Unsubscribe',
  'List-Unsubscribe-Post', 'List-Archive', 'List-Help', 'List-Post', 'Feedback-ID'];

const [option, dnsFile, ...files] = process.argv.slice(2);
if (option !== '--dns' || !files.length) {
  console.error('usage: check-authentication --dns DNS.txt FILE.eml…');
  process.exit(2);
}
const { authenticate } = createRequire(process.env.PULSE_NPM)('mailauth');
const dns = new Map(readFileSync(dnsFile, 'utf8').split('\n').filter(Boolean).map((line) => line.split(/ (.*)/s)));

async function resolver(name, type) {
  if (type === 'TXT' && dns.has(name)) return [[dns.get(name)]];
  throw Object.assign(new Error(`${name} has no ${type}`), { code: 'ENOTFOUND' });
}

let failed = false;
for (const file of files) {
  let found;
  try {
    found = await findings(readFileSync(file));
  } catch (e) {
    found = [`unreadable — ${e.message.split('\n')[0]}`];
  }
  failed ||= found.length > 0;
  console.log(found.length ? `FAIL ${file}: ${found.join('\n    ')}` : `pass ${file}`);
}
process.exit(failed ? 1 : 0);

async function findings(raw) {
  const found = [];
  const expect = (good, rule, message) => good || found.push(`${rule} — ${message}`);

  const head = raw.toString('latin1').split('\r\n\r\n')[0].replace(/\r\n(?=[ \t])/g, '').split('\r\n');
  const occurrences = (name) => head.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`)).length;
  for (const header of head.filter((line) => /^dkim-signature:/i.test(line))) {
    const tags = new Map(header.slice(header.indexOf(':') + 1).split(';').map((tag) => tag.trim().split(/\s*=\s*(.*)/s)));
    const listed = (tags.get('h') ?? '').split(':').map((name) => name.trim().toLowerCase());
    for (const name of SIGNED) {
      const times = listed.filter((one) => one === name.toLowerCase()).length;
      expect(times > occurrences(name), 'over-signing', `${tags.get('a')} lists ${name} ${times} times, and it is there ${occurrences(name)} times`);
    }
    expect(tags.get('c') === 'relaxed/relaxed', 'canonicalisation', `c=${tags.get('c')}`);
    expect(!tags.has('l'), 'length', 'l= leaves the rest of the body open');
  }

  const from = /@([^\s>]+)>?$/.exec(head.find((line) => /^from:/i.test(line)) ?? '')?.[1];
  const result = await authenticate(raw, {
    ip: '192.0.2.10', helo: `mx.${from}`, sender: `bounce@${from}`, mta: 'mx.example.net', resolver, strict: true, minBitLength: 2048,
    disableArc: true, disableBimi: true,
  });
  for (const algorithm of ['rsa-sha256', 'ed25519-sha256']) {
    const signatures = result.dkim.results.filter((one) => one.algo === algorithm);
    expect(signatures.length === 1, 'signature', `${signatures.length} by ${algorithm}, not 1`);
    for (const { status } of signatures) {
      expect(status.result === 'pass', 'signature', `${algorithm} ${status.result}: ${status.comment || 'no reason given'}`);
      expect(status.aligned, 'alignment', `${algorithm} is not of the domain in From`);
    }
  }
  expect(result.spf?.status?.result === 'pass', 'spf', result.spf?.status?.result ?? 'none');
  expect(result.dmarc?.status?.result === 'pass', 'dmarc', result.dmarc?.status?.result ?? 'none');
  return found;
}
