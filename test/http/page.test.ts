import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { tarOf } from '../support/archives.ts';
import { startService } from '../support/service.ts';

/** The page of the analysis in a real browser; CHROMIUM names another than those that are looked for. */
const executablePath = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

const hostile = '<img src=x onerror=alert(1)>"\'`&';
const files = {
  'index.html': '<h1>hello</h1>',
  'img/large.svg': 's'.repeat(400_000),
  'img/copy.svg': 's'.repeat(400_000),
  [`img/${hostile}.svg`]: 's'.repeat(90_000),
  'img/deep/er/file.svg': 's'.repeat(120_000),
  '.git/pack': 'p'.repeat(700_000),
  'notes/old.txt': 'n'.repeat(200_000),
  '.env': 'API_TOKEN=abcdef',
  '.dockerignore': 'notes\n',
};

describe('the page in a browser', { skip: executablePath === undefined && 'no Chromium here' }, () => {
  let browser: Browser;
  let page: Page;
  let trouble: string[];
  let server: Server;
  let url: string;

  before(async () => {
    const service = await startService();
    const answer = await fetch(`${service.url}/v1/source/analysis`, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new Uint8Array(await tarOf(files)),
    });
    const body = await answer.text();
    await service.close();
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', answer.headers.get('content-security-policy') ?? '');
      response.end(body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox'],
    });
    ({ page, trouble } = await open());
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  /** Opens the page; whatever it complains about or asks for ends up in `trouble`. */
  async function open(
    width = 1200,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ page: Page; trouble: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/\/(page|favicon\.ico)$/.test(request.url())) trouble.push(request.url());
    });
    await page.goto(url);
    return { page, trouble };
  }

  const focused = async (page: Page): Promise<string> =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? ""');

  test('draws the map, asks for nothing and breaks no rule of its policy', async () => {
    assert.ok((await page.locator('#map > button').count()) >= 4);
    assert.match(await page.locator('.lead').innerText(), /can be left out/);
    assert.ok((await page.locator('#map').innerText()).includes('.git/'));
    assert.deepEqual(trouble, []);
  });

  test('is worked from the keyboard', async () => {
    await page.locator('#map > button[tabindex="0"]').focus();
    const first = await focused(page);
    assert.match(first, /^img\/: 1\.0 MB, 4 files, .*Enter opens it$/);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await focused(page), first);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    assert.match(await focused(page), /^(large|copy)\.svg: 400 kB, .* sent/);
    assert.equal(await page.locator('#trail').innerText(), 'all\n/\nimg');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), first);
    assert.match(await page.locator('#detail').innerText(), /^img\//);
    assert.deepEqual(trouble, []);
  });

  test('shows hostile names as text', async () => {
    assert.ok((await page.locator('code', { hasText: hostile }).count()) > 0);
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(trouble, []);
  });

  test('leaves out what is ignored when asked to', async () => {
    const labels = async (): Promise<string> => (await page.locator('#map > button').allInnerTexts()).join();
    assert.match(await labels(), /notes/);
    await page.getByLabel('only what is sent').check();
    assert.doesNotMatch(await labels(), /notes/);
    await page.getByLabel('only what is sent').uncheck();
  });

  test('has a name for everything that takes the focus, and its headings in order', async () => {
    const snapshot = await page.locator('body').ariaSnapshot();
    for (const text of [
      'heading "Build context" [level=1]',
      'heading "Secrets" [level=2]',
      'columnheader "Folder"',
      'status',
    ])
      assert.ok(snapshot.includes(text), text);
    assert.doesNotMatch(snapshot, /- button$|- link$/m);
    assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  });

  test('fits a phone, and has a dark side', async () => {
    const phone = await open(360, 'dark');
    const [wide, background] = await phone.page.evaluate<[number, string]>(
      '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
    );
    assert.ok(wide <= 360, String(wide));
    assert.equal(background, 'rgb(20, 23, 26)');
    assert.ok((await phone.page.locator('#map > button').count()) >= 3);
    assert.deepEqual(phone.trouble, []);
  });
});
