// What check-a11y and screenshot share: Debian's Chromium driven by playwright-core, closed off from the network.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

/** Loads a package from .tools/npm (common.sh says where that is). */
export const packages = createRequire(process.env.PULSE_NPM);

export async function launch() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) {
    console.error('skip: needs chromium: run tools/install browser');
    process.exit(3);
  }
  return packages('playwright-core').chromium.launch({
    executablePath,
    // The sandbox needs privileges that a container may lack, and root is refused it; every page here is our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--no-first-run', '--force-color-profile=srgb'],
  });
}

/** The address of a file, or a loopback address as it stands: no check here ever leaves the machine. */
export function address(name) {
  if (!/^https?:/.test(name)) return pathToFileURL(resolve(name)).href;
  if (!isLoopback(name)) throw new Error(`${name} is not on this machine`);
  return name;
}

const isLoopback = (url) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);

/** Opens a page in a context of its own, does `work` with it and closes it. Nothing is fetched from other machines. */
export async function visit(browser, url, { width = 1024, height = 800, dark = false, js = true }, work) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: js,
  });
  await context.route('**/*', (route) => {
    const wanted = route.request().url();
    return /^https?:/.test(wanted) && !isLoopback(wanted) ? route.abort() : route.continue();
  });
  const page = await context.newPage();
  const response = await page.goto(url, { waitUntil: 'load' });
  if (response && response.status() >= 400) throw new Error(`${url} answered ${response.status()}`);
  const result = await work(page);
  await context.close();
  return result;
}
